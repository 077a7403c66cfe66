import java.io.Serializable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.catalina.tribes.Channel;
import org.apache.catalina.tribes.ChannelException;
import org.apache.catalina.tribes.Member;
import org.apache.catalina.tribes.membership.MemberImpl;
import org.apache.catalina.tribes.membership.cloud.DNSMembershipProvider;
import org.apache.juli.logging.Log;
import org.apache.juli.logging.LogFactory;

/**
 * Who has a copy of the sessions: found by DNS, and told at once who comes and who goes.
 *
 * <p>DNS alone is seconds late. A pod that comes would miss what changes until the others have
 * looked it up. A pod that went would still be sent copies: nobody answers at its address any more,
 * and Tomcat waits 5 s for it ({@code ParallelNioSender.selectTimeout}, which no setting changes),
 * while the visitor waits too. So every pod says to all others when it comes, before it asks for
 * the sessions, and when it goes, while its address still answers.
 */
public class Peers extends DNSMembershipProvider {
    private static final String CAME = "peer came";
    private static final String GOES = "peer goes";
    private static final int UNTIL_DONE =
        Channel.SEND_OPTIONS_USE_ACK | Channel.SEND_OPTIONS_SYNCHRONIZED_ACK;
    private static final long FORGOTTEN_BY_DNS = 60_000; // ms
    private static final Log LOG = LogFactory.getLog(Peers.class);

    /** When each address went. */
    private final Map<String, Long> gone = new ConcurrentHashMap<>();
    private volatile boolean going;

    /** Once this returns, the others send what changes here too. */
    public void come() {
        for (Member peer : getMembers()) {
            membershipListener.memberAdded(peer); // if it listens already
        }
        tell(CAME, service.getChannel().getMembers());
    }

    /** Once this returns, the others begin to send nothing more here. */
    public void go() {
        going = true; // before it is looked up who is to be told: nobody is missed
        tell(GOES, service.getChannel().getMembers());
    }

    private void tell(String news, Member... peers) {
        if (peers.length == 0) {
            return;
        }
        try {
            service.getChannel().send(peers, news, UNTIL_DONE);
        } catch (ChannelException late) { // they learn it from DNS
            LOG.warn(news + ": not all others heard it", late);
        }
    }

    /** False: no message ends here. Its sender waits until this returns. */
    @Override
    public boolean accept(Serializable message, Member sender) {
        if (CAME.equals(message)) {
            gone.remove(address(sender));
            Member peer = known(sender);
            membership.memberAlive(peer);
            membershipListener.memberAdded(peer);
            if (going) {
                executor.execute(() -> tell(GOES, peer));
            }
        } else if (GOES.equals(message)) {
            gone.put(address(sender), System.currentTimeMillis());
            MemberImpl peer = known(sender);
            peer.setCommand(Member.SHUTDOWN_PAYLOAD);
            membership.removeMember(peer);
            membershipListener.memberDisappeared(peer);
        }
        return false;
    }

    /** What DNS says, without those of whom it does not know yet that they went. */
    @Override
    protected Member[] fetchMembers() {
        long now = System.currentTimeMillis();
        gone.values().removeIf(since -> now - since > FORGOTTEN_BY_DNS);
        return Arrays.stream(super.fetchMembers())
            .filter(peer -> !gone.containsKey(address(peer)))
            .toArray(Member[]::new);
    }

    /** The same member as {@link DNSMembershipProvider} makes of an address: equal by its id. */
    private static MemberImpl known(Member sender) {
        MemberImpl member = new MemberImpl();
        member.setHost(sender.getHost());
        member.setPort(sender.getPort());
        member.setUniqueId(digest(address(sender).getBytes()));
        member.setMemberAliveTime(-1);
        return member;
    }

    static String address(Member member) {
        try {
            return InetAddress.getByAddress(member.getHost()).getHostAddress();
        } catch (UnknownHostException impossible) { // neither 4 nor 16 bytes
            throw new IllegalStateException(impossible);
        }
    }
}
