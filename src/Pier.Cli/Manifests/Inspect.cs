using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pier.Cli.CommandLines;
using Pier.Cli.Registries;
using Pier.Model;
using Pier.Model.Distribution;

namespace Pier.Cli.Manifests;

/// <summary>pier manifest inspect: a local list's, or what the registry has.</summary>
static class Inspect
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "manifest inspect",
            Usage = "[OPTIONS] [MANIFEST_LIST] MANIFEST",
            Summary = "Display an image manifest, or manifest list",
            Options =
            [
                new("insecure", '\0', "", "Allow communication with an insecure registry"),
                new("verbose", 'v', "", "Output additional info including layers and platform"),
            ],
            MinimumArguments = 1,
            MaximumArguments = 2,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var (lists, verbose) = (new LocalLists(call.Config.Directory), call.Line.Flag("verbose"));
        var name = Fetching.Parse(call.Arguments[^1]);
        if (call.Arguments.Count == 2)
        {
            var list = Fetching.Parse(call.Arguments[0]);
            var member =
                lists.Members(list).FirstOrDefault(m => m.Ref == name.ToString()) ?? throw new CliFailure($"No such manifest: {name}");
            Print(call, verbose ? Verbose(member) : JsonNode.Parse(member.Raw)!);
            return 0;
        }
        if (lists.Has(name))
        {
            var members = lists.Members(name);
            Print(call, verbose ? new JsonArray([.. members.Select(Verbose)]) : JsonNode.Parse(Push.Document(members).Bytes)!);
            return 0;
        }
        using var door = Fetching.Open(call, name);
        var found = Fetching.Manifest(door, name);
        Print(call, verbose ? Verbose(door, name, found) : JsonNode.Parse(found.Bytes)!);
        return 0;
    }

    static JsonNode Verbose(IRegistryDoor door, ImageReference name, RegistryDocument found)
    {
        if (!MediaTypes.IsIndex(found.Descriptor.MediaType))
            return Verbose(new LocalMember(name.ToString(), Fetching.WithPlatform(door, name, found), found.Bytes));
        var members = ImageDocument.Index(found.Bytes, found.Descriptor.MediaType).Manifests.Where(m => MediaTypes.IsManifest(m.MediaType));
        return new JsonArray([
            .. members.Select(m =>
                Verbose(new LocalMember($"{name}@{m.Digest}", m, Fetching.Manifest(door, name.WithDigest(m.Digest)).Bytes))
            ),
        ]);
    }

    static JsonNode Verbose(LocalMember member) =>
        new JsonObject
        {
            ["Ref"] = member.Ref,
            ["Descriptor"] = JsonSerializer.SerializeToNode(member.Descriptor, DistributionJson.Plain.Descriptor),
            ["Raw"] = Convert.ToBase64String(member.Raw),
            [member.Descriptor.MediaType == MediaTypes.OciManifest ? "OCIManifest" : "SchemaV2Manifest"] = JsonNode.Parse(member.Raw),
        };

    static void Print(Invocation call, JsonNode document)
    {
        using var buffer = new MemoryStream();
        using (
            var writer = new Utf8JsonWriter(
                buffer,
                new JsonWriterOptions
                {
                    Indented = true,
                    IndentCharacter = '\t',
                    IndentSize = 1,
                    Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }
            )
        )
            document.WriteTo(writer);
        call.Out.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }
}
