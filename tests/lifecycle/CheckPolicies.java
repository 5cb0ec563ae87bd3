import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.elasticsearch.common.Strings;
import org.elasticsearch.common.bytes.BytesArray;
import org.elasticsearch.common.xcontent.XContentHelper;
import org.elasticsearch.core.CheckedFunction;
import org.elasticsearch.xcontent.NamedXContentRegistry;
import org.elasticsearch.xcontent.NamedXContentRegistry.Entry;
import org.elasticsearch.xcontent.ParseField;
import org.elasticsearch.xcontent.XContentParser;
import org.elasticsearch.xcontent.XContentParserConfiguration;
import org.elasticsearch.xcontent.XContentType;
import org.elasticsearch.xpack.core.ilm.AllocateAction;
import org.elasticsearch.xpack.core.ilm.DeleteAction;
import org.elasticsearch.xpack.core.ilm.ForceMergeAction;
import org.elasticsearch.xpack.core.ilm.LifecycleAction;
import org.elasticsearch.xpack.core.ilm.LifecyclePolicy;
import org.elasticsearch.xpack.core.ilm.LifecycleType;
import org.elasticsearch.xpack.core.ilm.ReadOnlyAction;
import org.elasticsearch.xpack.core.ilm.RolloverAction;
import org.elasticsearch.xpack.core.ilm.SetPriorityAction;
import org.elasticsearch.xpack.core.ilm.ShrinkAction;
import org.elasticsearch.xpack.core.ilm.TimeseriesLifecycleType;

/**
 * Reads lifecycle policies as Elasticsearch would: those of the first folder must be taken and written back as they are, those of the
 * second must be refused. Prints a line for each and `N passed, N failed`.
 */
class CheckPolicies {
    private static final NamedXContentRegistry REGISTRY = new NamedXContentRegistry(List.of(
        new Entry(LifecycleType.class, new ParseField(TimeseriesLifecycleType.TYPE), p -> TimeseriesLifecycleType.INSTANCE),
        action(RolloverAction.NAME, RolloverAction::parse),
        action(SetPriorityAction.NAME, SetPriorityAction::parse),
        action(ReadOnlyAction.NAME, ReadOnlyAction::parse),
        action(ForceMergeAction.NAME, ForceMergeAction::parse),
        action(ShrinkAction.NAME, ShrinkAction::parse),
        action(AllocateAction.NAME, AllocateAction::parse),
        action(DeleteAction.NAME, DeleteAction::parse)));

    private static <T extends LifecycleAction> Entry action(String name, CheckedFunction<XContentParser, T, IOException> parse) {
        return new Entry(LifecycleAction.class, new ParseField(name), parse);
    }

    public static void main(String[] arguments) throws IOException {
        int passed = 0;
        int failed = 0;
        for (Path file : policies(arguments[0])) {
            String complaint = complaint(file);
            System.out.println((complaint == null ? "taken:       " : "NOT TAKEN:   ") + file.getFileName() + (complaint == null ? "" : ": " + complaint));
            passed += complaint == null ? 1 : 0;
            failed += complaint == null ? 0 : 1;
        }
        for (Path file : policies(arguments[1])) {
            String complaint = complaint(file);
            System.out.println((complaint == null ? "NOT REFUSED: " : "refused:     ") + file.getFileName() + (complaint == null ? "" : ": " + complaint));
            passed += complaint == null ? 0 : 1;
            failed += complaint == null ? 1 : 0;
        }
        System.out.println(passed + " passed, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }

    private static List<Path> policies(String folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of(folder), "*.json")) {
            found.forEach(files::add);
        }
        if (files.isEmpty()) {
            throw new IOException("no policies in " + folder);
        }
        files.sort(null);
        return files;
    }

    /** What is wrong with a policy, or null. */
    private static String complaint(Path file) throws IOException {
        Map<String, Object> body = XContentHelper.convertToMap(new BytesArray(Files.readAllBytes(file)), true, XContentType.JSON).v2();
        Object ours = body.get("policy");
        LifecyclePolicy policy;
        try (XContentParser parser = parser(Files.readString(file))) {
            parser.nextToken(); // {
            parser.nextToken(); // "policy"
            parser.nextToken(); // {
            policy = LifecyclePolicy.parse(parser, file.getFileName().toString());
            policy.getType().validate(policy.getPhases().values());
        } catch (RuntimeException | IOException refusal) {
            Throwable cause = refusal;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            return cause.getMessage();
        }
        // Where it comes back otherwise than it was sent, every later bootstrap would find a difference.
        String written = Strings.toString(policy);
        Object theirs = XContentHelper.convertToMap(new BytesArray(written), true, XContentType.JSON).v2();
        return theirs.equals(ours) ? null : "it comes back as " + written;
    }

    private static XContentParser parser(String text) throws IOException {
        return XContentType.JSON.xContent().createParser(XContentParserConfiguration.EMPTY.withRegistry(REGISTRY), text);
    }
}
