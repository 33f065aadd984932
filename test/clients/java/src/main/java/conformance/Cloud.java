package conformance;

import com.huaweicloud.sdk.core.ClientBuilder;
import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.ims.v2.ImsClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/** A running emulator, who exists in it, and the folder of its buckets. */
record Cloud(String endpoint, Map<String, User> users, Path buckets) {
    record User(String projectId, String accessKey, String secretKey) {}

    static Cloud started(String endpoint, Path tenants, Path buckets) throws IOException {
        try (var text = Files.newBufferedReader(tenants)) {
            Map<String, List<Map<String, Object>>> described = new Yaml().load(text);
            Map<String, User> users = new HashMap<>();
            for (var user : described.get("users")) {
                users.put(
                        String.valueOf(user.get("name")),
                        new User(
                                String.valueOf(user.get("project_id")),
                                String.valueOf(user.get("access_key")),
                                String.valueOf(user.get("secret_key"))));
            }
            return new Cloud(endpoint, users, buckets);
        }
    }

    String project(String user) {
        return users.get(user).projectId();
    }

    /** A client of one of the users, with its own access key and project. */
    ImsClient client(String user) {
        return connected(ImsClient.newBuilder(), credentials(user));
    }

    ImsClient client(BasicCredentials credentials) {
        return connected(ImsClient.newBuilder(), credentials);
    }

    /** The calls that this version of the SDK has no method for, signed and decoded by the same core. */
    NewerCalls newerCalls(String user) {
        return connected(new ClientBuilder<>(NewerCalls::new), credentials(user));
    }

    BasicCredentials credentials(String name) {
        var user = users.get(name);
        return new BasicCredentials()
                .withAk(user.accessKey())
                .withSk(user.secretKey())
                .withProjectId(user.projectId());
    }

    /** The folder of the bucket that every check uses. */
    Path bucket() {
        return buckets.resolve("images");
    }

    /** The file behind a key of that bucket. */
    Path object(String key) {
        return bucket().resolve(key);
    }

    private <Client> Client connected(ClientBuilder<Client> builder, BasicCredentials credentials) {
        return builder.withCredential(credentials)
                .withEndpoints(List.of(endpoint))
                .build();
    }
}
