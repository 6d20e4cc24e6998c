using System.Text;
using System.Text.Json.Nodes;
using Pier.Cli.CommandLines;
using Pier.Cli.Manifests;

namespace Pier.Cli.Trust;

/// <summary>pier trust inspect: which trusted keys signed what an image's name points to.</summary>
static class Inspect
{
    public static CommandSpec Spec => new()
    {
        Name = "trust inspect",
        Usage = "IMAGE[:TAG] [IMAGE[:TAG]...]",
        Summary = "Return low-level information about keys and signatures",
        Options =
        [
            new("insecure", '\0', "", "Allow communication with an insecure registry"),
            new("pretty", '\0', "", "Print the information in a human friendly format"),
        ],
        MinimumArguments = 1,
        Run = Execute,
    };

    static int Execute(Invocation call)
    {
        var (store, found) = (new TrustStore(call.Config.Directory), new JsonArray());
        foreach (var argument in call.Arguments)
        {
            var name = Fetching.Parse(argument);
            using var door = Fetching.Open(call, name);
            var target = Fetching.Manifest(door, name).Descriptor.Digest;
            var signers = store.SignersOf(target, ContentTrust.Signatures(door, name, target), store.Trusted);
            if (call.Line.Flag("pretty")) Print(call, name.Familiar, name.Tag ?? "", target.Hex, signers);
            else found.Add((JsonNode)Describe(name.Name, name.Tag ?? "", target.Hex, signers));
        }
        if (!call.Line.Flag("pretty")) call.Out.Write(JsonText.Indent(Encoding.UTF8.GetBytes(found.ToJsonString())) + "\n");
        return 0;
    }

    static JsonObject Describe(string name, string tag, string digest, IReadOnlyList<string> signers) => new()
    {
        ["Name"] = name,
        ["SignedTags"] = signers.Count == 0 ? new JsonArray() : new JsonArray(new JsonObject { ["SignedTag"] = tag, ["Digest"] = digest, ["Signers"] = Texts(signers) }),
        ["Signers"] = new JsonArray([.. signers.Select(s => new JsonObject { ["Name"] = s })]),
        ["AdministrativeKeys"] = new JsonArray(),
    };

    static JsonArray Texts(IReadOnlyList<string> texts) => new([.. texts.Select(t => (JsonNode)JsonValue.Create(t))]);

    static void Print(Invocation call, string name, string tag, string digest, IReadOnlyList<string> signers)
    {
        if (signers.Count == 0)
        {
            call.Out.WriteLine($"\nNo signatures for {name}\n");
            return;
        }
        call.Out.WriteLine($"\nSignatures for {name}\n");
        var table = new TableWriter();
        table.Add(["SIGNED TAG", "DIGEST", "SIGNERS"]);
        table.Add([tag, digest, string.Join(", ", signers)]);
        table.WriteTo(call.Out);
    }
}
