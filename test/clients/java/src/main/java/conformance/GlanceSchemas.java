package conformance;

import com.huaweicloud.sdk.ims.v2.ImsClient;
import com.huaweicloud.sdk.ims.v2.model.GlanceListImageMemberSchemasRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceListImageSchemasRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceShowImageMemberSchemasRequest;
import com.huaweicloud.sdk.ims.v2.model.GlanceShowImageSchemasRequest;
import com.huaweicloud.sdk.ims.v2.model.Links;
import java.util.List;
import java.util.Map;

/** The schemas that the native calls publish; the SDK leaves their properties as they come. */
final class GlanceSchemas {
    private final ImsClient client;

    GlanceSchemas(Account demo) {
        client = demo.client();
    }

    void call() {
        var image = client.glanceShowImageSchemas(new GlanceShowImageSchemasRequest());
        Check.of("glanceShowImageSchemas")
                .gives("name", image.getName(), "image")
                .gives(
                        "type of what is not described",
                        image.getAdditionalProperties().getType(),
                        "string")
                .gives("relations", relations(image.getLinks()), List.of("self", "enclosure", "describedby"))
                .gives("type of the status", type(image.getProperties(), "status"), "string");
        var images = client.glanceListImageSchemas(new GlanceListImageSchemasRequest());
        Check.of("glanceListImageSchemas")
                .gives("name", images.getName(), "images")
                .gives("relations", relations(images.getLinks()), List.of("first", "next", "describedby"))
                .gives("type of the images", type(images.getProperties(), "images"), "array");
        var member = client.glanceShowImageMemberSchemas(new GlanceShowImageMemberSchemasRequest());
        Check.of("glanceShowImageMemberSchemas")
                .gives("name", member.getName(), "member")
                .gives("type of the member", type(member.getProperties(), "member_id"), "string");
        var members = client.glanceListImageMemberSchemas(new GlanceListImageMemberSchemasRequest());
        Check.of("glanceListImageMemberSchemas")
                .gives("name", members.getName(), "members")
                .gives("relations", relations(members.getLinks()), List.of("describedby"))
                .gives("type of the members", type(members.getProperties(), "members"), "array");
    }

    private static List<String> relations(List<Links> links) {
        return links.stream().map(Links::getRel).toList();
    }

    private static Object type(Object properties, String name) {
        return properties instanceof Map<?, ?> all && all.get(name) instanceof Map<?, ?> one ? one.get("type") : null;
    }
}
