import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Shows which pod answers, how often this session was here, and what the ConfigMap says now. */
public class Visits extends HttpServlet {
    private static final Path CONFIG = Path.of("/etc/app");

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        HttpSession session = request.getSession();
        int visits = 1 + (session.getAttribute("visits") instanceof Integer count ? count : 0);
        session.setAttribute("visits", visits);

        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("message", setting("message", "no ConfigMap is mounted at " + CONFIG));
        facts.put("pod", System.getenv().getOrDefault("POD_NAME", "not in a pod"));
        facts.put("session", session.getId());
        facts.put("visits", Integer.toString(visits));
        facts.put("server", getServletContext().getServerInfo());

        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        String accepted = request.getHeader("Accept");
        if (accepted != null && accepted.contains("text/html")) {
            response.setContentType("text/html");
            response.getWriter().write(page(facts, setting("color", "#7a4a2b")));
        } else {
            response.setContentType("text/plain");
            facts.forEach((name, value) -> write(response, name + ": " + value + "\n"));
        }
    }

    /** Read each time: kubelets replace the files of a ConfigMap while the pod runs. */
    private static String setting(String name, String otherwise) throws IOException {
        try {
            return Files.readString(CONFIG.resolve(name)).strip();
        } catch (NoSuchFileException missing) {
            return otherwise;
        }
    }

    private static String page(Map<String, String> facts, String color) {
        StringBuilder rows = new StringBuilder();
        facts.forEach((name, value) ->
            rows.append("<tr><th>").append(name).append("<td>").append(escape(value)));
        return "<!doctype html><html lang=en><meta charset=utf-8><title>Onggi</title><style>"
            + "body{font:16px/1.6 system-ui;margin:4em auto;max-width:44em}"
            + "h1{color:" + escape(color) + "}th{text-align:left;padding-right:2em}</style>"
            + "<h1>" + escape(facts.get("message")) + "</h1><table>" + rows + "</table>";
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    private static void write(HttpServletResponse response, String text) {
        try {
            response.getWriter().write(text);
        } catch (IOException gone) {
            throw new java.io.UncheckedIOException(gone);
        }
    }
}
