package conformance;

import com.huaweicloud.sdk.core.exception.SdkException;
import com.huaweicloud.sdk.ims.v2.ImsClient;
import com.huaweicloud.sdk.ims.v2.model.ImageInfo;
import com.huaweicloud.sdk.ims.v2.model.ListImagesRequest;
import com.huaweicloud.sdk.ims.v2.model.ListImagesRequest.ImagetypeEnum;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Drives a strict emulator with the official Java SDK: every operation that there is, signed with access keys.
 *
 * <p>usage: java conformance.Main ENDPOINT TENANTS_FILE BUCKETS_FOLDER LIST_OF_OPERATIONS
 */
final class Main {
    private Main() {}

    public static void main(String[] words) throws IOException, InterruptedException {
        if (words.length != 4) {
            System.err.println("usage: java conformance.Main ENDPOINT TENANTS_FILE BUCKETS_FOLDER LIST_OF_OPERATIONS");
            System.exit(2);
        }
        var cloud = Cloud.started(words[0], Path.of(words[1]), Path.of(words[2]));
        try {
            call(cloud, Path.of(words[3]));
        } catch (Check.Difference difference) {
            System.out.println("not ok java " + difference.getMessage());
            System.exit(1);
        } catch (SdkException refusal) {
            System.out.printf("not ok java %s%n  found %s%n  meant success%n", operationOf(refusal), refusal);
            System.exit(1);
        }
        // The SDK keeps threads that would wait a minute for another call.
        System.exit(0);
    }

    /** The call that threw it. */
    private static String operationOf(SdkException refusal) {
        var clients = List.of(ImsClient.class.getName(), NewerCalls.class.getName());
        return Arrays.stream(refusal.getStackTrace())
                .filter(frame -> clients.contains(frame.getClassName()))
                .findFirst()
                .map(StackTraceElement::getMethodName)
                .orElse("an operation");
    }

    private static void call(Cloud cloud, Path list) throws IOException, InterruptedException {
        var demo = Account.of(cloud, "demo");
        var partner = Account.of(cloud, "partner");
        var journal = new Journal(cloud);
        journal.clear();
        try {
            var used = demo.quotaUsed();
            new ProjectLookUp(cloud, demo).call();
            new Catalogue(cloud, demo).call();
            new SystemImages(cloud, demo).call();
            new OtherImages(demo).call();
            new Copies(cloud, demo).call();
            new Jobs(demo).call();
            new ImageTags(demo).call();
            new Members(demo, partner).call();
            new Glance(demo).call();
            new GlanceMembers(demo, partner).call();
            new GlanceSchemas(demo).call();
            new Refusals(cloud, demo).call();
            Check.of("showImageQuota").gives("images that are used in the end", demo.quotaUsed(), used);
            journal.holdsAllOf(list);
        } finally {
            clean(cloud);
        }
    }

    /** Takes away the files of a run, and the images of one that ended early. */
    private static void clean(Cloud cloud) throws IOException {
        for (var user : List.of("demo", "demo-east")) {
            var account = Account.of(cloud, user);
            for (var kind : List.of(ImagetypeEnum.PRIVATE, ImagetypeEnum.SHARED)) {
                account.images(new ListImagesRequest().withImagetype(kind)).stream()
                        .filter(image -> image.getOwner().equals(account.project()))
                        .filter(image -> image.getName().startsWith("java-"))
                        .map(ImageInfo::getId)
                        .forEach(account::delete);
            }
        }
        try (var files = Files.newDirectoryStream(cloud.bucket(), "java-*")) {
            for (var file : files) {
                Files.delete(file);
            }
        }
    }
}
