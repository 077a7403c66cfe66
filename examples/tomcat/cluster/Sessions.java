import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.ha.ClusterMessage;
import org.apache.catalina.ha.session.DeltaManager;
import org.apache.catalina.ha.session.SessionMessage;
import org.apache.catalina.tribes.ManagedChannel;
import org.apache.catalina.tribes.Member;
import org.apache.catalina.tribes.membership.cloud.CloudMembershipService;

/**
 * Every pod has all sessions, and a new one has them before it serves.
 *
 * <p>Tomcat alone would ask any other pod for them, also one that has none yet or is about to end,
 * and without an answer start with none; and it would lose what changes before it asks. This one
 * makes itself known first, holds back what it is told, asks only pods that are ready, one after
 * the other, and then applies what it held back. Where none gives them, the application does not
 * start, and Kubernetes tries again.
 */
public class Sessions extends DeltaManager {
    private static final long UNDER_WAY = 100; // ms that a message takes
    private static final long STILL_COMING = 500; // ms; then the address goes, on a busy machine, too

    private final List<ClusterMessage> held = new ArrayList<>();
    private boolean holding;
    private String from = "tomcat-ready";
    private Member source;

    /** The name of a headless Service: its addresses are the pods that are ready. */
    public void setFrom(String service) {
        from = service;
    }

    @Override
    public synchronized void getAllClusterSessions() {
        synchronized (held) {
            holding = true;
        }
        peers().come();
        pause(UNDER_WAY); // what was sent before the others knew this pod has then arrived at all of them
        copy();
        synchronized (held) {
            holding = false;
            held.forEach(super::messageDataReceived);
            held.clear();
        }
    }

    @Override
    public void messageDataReceived(ClusterMessage message) {
        synchronized (held) {
            if (holding && !isCopy(message)) {
                held.add(message);
                return;
            }
        }
        super.messageDataReceived(message);
    }

    @Override
    protected void stopInternal() throws LifecycleException {
        peers().go();
        pause(STILL_COMING); // what others have begun to send here is acknowledged
        super.stopInternal();
    }

    private void copy() {
        List<String> ready = ready();
        boolean asked = false;
        for (Member peer : cluster.getMembers()) {
            if (ready.contains(Peers.address(peer))) {
                asked = true;
                source = peer;
                super.getAllClusterSessions();
                if (getStateTransferred()) {
                    return;
                }
            }
        }
        if (asked) {
            throw new IllegalStateException("no pod of " + from + " gave its sessions");
        }
    }

    @Override
    protected Member findSessionMasterMember() {
        return source;
    }

    private List<String> ready() {
        try {
            return Arrays.stream(InetAddress.getAllByName(from))
                .map(InetAddress::getHostAddress)
                .collect(Collectors.toList());
        } catch (UnknownHostException nobody) {
            if (String.valueOf(nobody.getMessage()).contains("Temporary failure")) {
                throw new IllegalStateException("DNS does not answer", nobody);
            }
            return List.of();
        }
    }

    private static boolean isCopy(ClusterMessage message) {
        int type = message instanceof SessionMessage session ? session.getEventType() : -1;
        return type == SessionMessage.EVT_ALL_SESSION_DATA
            || type == SessionMessage.EVT_ALL_SESSION_TRANSFERCOMPLETE
            || type == SessionMessage.EVT_ALL_SESSION_NOCONTEXTMANAGER;
    }

    private Peers peers() {
        ManagedChannel channel = (ManagedChannel) cluster.getChannel();
        CloudMembershipService service = (CloudMembershipService) channel.getMembershipService();
        return (Peers) service.getMembershipProvider();
    }

    private static void pause(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
