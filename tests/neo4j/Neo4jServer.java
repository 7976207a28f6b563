// A Neo4j Community in this Java machine. Arguments: home folder, Bolt port. The password is in data/dbms/auth.ini.
// The lines of conf/neo4j.conf count, where there is one, as they do for a server that was installed.
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.neo4j.configuration.GraphDatabaseInternalSettings;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;

public class Neo4jServer {
  public static void main(String[] arguments) throws Exception {
    var everywhere = List.of(new inet.ipaddr.IPAddressString("0.0.0.0/0"), new inet.ipaddr.IPAddressString("::/0"));
    var home = Path.of(arguments[0]);
    var builder = new DatabaseManagementServiceBuilder(home);
    var lines = home.resolve("conf").resolve("neo4j.conf");
    if (Files.exists(lines)) builder.loadPropertiesFromFile(lines);
    var server = builder
        .setConfig(GraphDatabaseSettings.auth_enabled, true)
        .setConfig(GraphDatabaseSettings.transaction_timeout, Duration.ofSeconds(Long.getLong("seconds", 0)))
        .setConfig(GraphDatabaseSettings.read_only_database_default, Boolean.getBoolean("readOnly"))
        .setConfig(GraphDatabaseSettings.allow_file_urls, false)
        .setConfig(GraphDatabaseInternalSettings.cypher_ip_blocklist, everywhere)
        .setConfig(BoltConnector.enabled, true)
        .setConfig(BoltConnector.listen_address, new SocketAddress("127.0.0.1", Integer.parseInt(arguments[1])))
        .build();
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
    Thread.currentThread().join();
  }
}
