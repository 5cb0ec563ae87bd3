import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * One OpenSearch node on exactly the given ports: FOLDER HTTP_PORT TRANSPORT_PORT CLUSTER_NAME.
 *
 * The runner's own main class takes no port above 9299, moves on silently when a port is taken, and ends without a word when
 * the node does not start.
 */
public final class OpenSearchServer {

    public static void main(String[] arguments) throws InterruptedException {
        String folder = arguments[0];
        String portBefore = String.valueOf(Integer.parseInt(arguments[1]) - 1); // the runner adds the node's number, 1
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.setMaxHttpPort(-1);
        runner.onBuild((number, settings) -> settings
            .put("network.host", "127.0.0.1")
            .put("transport.port", arguments[2])
            .put("path.repo", folder + "/snapshots")
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .put("action.destructive_requires_name", true));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(runner)));
        try {
            runner.build("-basePath", folder + "/data", "-logsPath", folder + "/logs",
                "-numOfNode", "1", "-baseHttpPort", portBefore, "-clusterName", arguments[3]);
        } catch (RuntimeException failure) {
            failure.printStackTrace();
            System.exit(1);
        }
        Thread.currentThread().join(); // the node's own threads do not keep the process alive
    }

    private static void close(OpenSearchRunner runner) {
        try {
            runner.close();
        } catch (java.io.IOException failure) {
            failure.printStackTrace();
        }
    }
}
