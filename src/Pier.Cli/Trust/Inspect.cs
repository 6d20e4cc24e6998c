using System.Text;
using System.Text.Json.Nodes;
using Pier.Cli.CommandLines;
using Pier.Cli.Manifests;

namespace Pier.Cli.Trust;

/// <summary>pier trust inspect: which trusted keys signed what an image's name points to.</summary>
static class Inspect
{
    public static CommandSpec Spec =>
        new()
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
            var keys = store.TrustedFor(name).Select(k => (k, store.IdOf(k))).ToArray();
            if (call.Line.Flag("pretty"))
                Print(call, name.Familiar, name.Tag ?? "", target.Hex, signers, keys);
            else
                found.Add((JsonNode)Describe(name.Name, name.Tag ?? "", target.Hex, signers, keys));
        }
        if (!call.Line.Flag("pretty"))
            call.Out.Write(JsonText.Indent(Encoding.UTF8.GetBytes(found.ToJsonString())) + "\n");
        return 0;
    }

    static JsonObject Describe(string name, string tag, string digest, IReadOnlyList<string> signers, (string Name, string Id)[] keys) =>
        new()
        {
            ["Name"] = name,
            ["SignedTags"] =
                signers.Count == 0
                    ? new JsonArray()
                    : new JsonArray(
                        new JsonObject
                        {
                            ["SignedTag"] = tag,
                            ["Digest"] = digest,
                            ["Signers"] = Texts(signers),
                        }
                    ),
            ["Signers"] = new JsonArray([
                .. keys.Select(k => new JsonObject { ["Name"] = k.Name, ["Keys"] = new JsonArray(new JsonObject { ["ID"] = k.Id }) }),
            ]),
            ["AdministrativeKeys"] = new JsonArray(),
        };

    static JsonArray Texts(IReadOnlyList<string> texts) => new([.. texts.Select(t => (JsonNode)JsonValue.Create(t))]);

    static void Print(
        Invocation call,
        string name,
        string tag,
        string digest,
        IReadOnlyList<string> signers,
        (string Name, string Id)[] keys
    )
    {
        call.Out.WriteLine(signers.Count == 0 ? $"\nNo signatures for {name}\n" : $"\nSignatures for {name}\n");
        if (signers.Count > 0)
            Table(
                call,
                ["SIGNED TAG", "DIGEST", "SIGNERS"],
                [
                    [tag, digest, string.Join(", ", signers)],
                ]
            );
        if (keys.Length == 0)
            return;
        call.Out.WriteLine($"\nList of signers and their keys for {name}\n");
        Table(call, ["SIGNER", "KEYS"], keys.Select(k => (string[])[k.Name, k.Id[..12]]));
    }

    static void Table(Invocation call, string[] head, IEnumerable<string[]> rows)
    {
        var table = new TableWriter();
        table.Add(head);
        foreach (var row in rows)
            table.Add(row);
        table.WriteTo(call.Out);
    }
}
