using Pier.Cli.CommandLines;
using Pier.Contracts;
using Pier.Model.Notation;

namespace Pier.Cli.Builds.Sessions;

/// <summary>--secret, --ssh and --output as they are written.</summary>
static class SessionOptions
{
    /// <summary>"id=NAME[,src=FILE|,env=VARIABLE]"; without either the file or the variable of that name.</summary>
    public static IReadOnlyDictionary<string, Func<byte[]>> Secrets(Invocation call)
    {
        var secrets = new Dictionary<string, Func<byte[]>>();
        foreach (var text in call.Line.List("secret"))
        {
            var fields = Fields(text, "secret");
            if (fields.GetValueOrDefault("id") is not { Length: > 0 } id)
                throw new CliFailure($"invalid secret \"{text}\": id is missing");
            var file = fields.GetValueOrDefault("src") ?? fields.GetValueOrDefault("source");
            var variable = fields.GetValueOrDefault("env") ?? (file is null && call.Environment.Variable(id) is not null ? id : null);
            if (variable is not null)
            {
                var value = call.Environment.Variable(variable) ?? "";
                secrets[id] = () => System.Text.Encoding.UTF8.GetBytes(value);
                continue;
            }
            var path = Path.GetFullPath(file ?? id);
            if (!File.Exists(path))
                throw new CliFailure(
                    $"could not parse secrets: [{text}]: failed to stat {file ?? id}: stat {file ?? id}: no such file or directory"
                );
            secrets[id] = () => File.ReadAllBytes(path);
        }
        return secrets;
    }

    /// <summary>"default" or "ID=SOCKET". Key files need an agent: the client holds no keys itself.</summary>
    public static IReadOnlyDictionary<string, string> Agents(Invocation call)
    {
        var agents = new Dictionary<string, string>();
        foreach (var text in call.Line.List("ssh"))
        {
            var equals = text.IndexOf('=');
            var (id, socket) =
                equals < 0 ? (text, call.Environment.Variable("SSH_AUTH_SOCK") ?? "") : (text[..equals], text[(equals + 1)..]);
            if (socket.Length == 0)
                throw new CliFailure("could not parse ssh: [default]: invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set");
            if (File.Exists(socket) && new FileInfo(socket).Length > 0)
                throw new CliFailure($"--ssh {text}: keys are forwarded by an agent: ssh-add {socket}, and --ssh {id}");
            agents[id] = socket;
        }
        return agents;
    }

    /// <summary>The one output: what it is on the wire, and where it goes here.</summary>
    public static (BuildOutput? Wire, BuildOutputTarget? Target) Output(Invocation call)
    {
        var outputs = call.Line.List("output");
        if (outputs.Count == 0)
            return (null, null);
        if (outputs.Count > 1)
            throw new CliFailure("multiple outputs currently unsupported");
        var text = outputs[0];
        var fields = text.Contains('=')
            ? Fields(text, "output")
            : new Dictionary<string, string> { ["type"] = text == "-" ? "tar" : "local", ["dest"] = text };
        if (!fields.Remove("type", out var type))
            throw new CliFailure($"type is required for output: {text}");
        fields.Remove("dest", out var destination);
        var wire = new BuildOutput { Type = type, Attrs = fields };
        return type switch
        {
            "local" => (wire, new BuildOutputTarget(destination ?? throw new CliFailure("dest is required for local exporter"), null)),
            "oci" or "docker" when IsUnpacked(fields) => (
                wire,
                new BuildOutputTarget(
                    null,
                    null,
                    destination ?? throw new CliFailure($"dest is required for {type} exporter with tar=false")
                )
            ),
            "tar" or "oci" or "docker" when destination is { Length: > 0 } and not "-" => (
                wire,
                new BuildOutputTarget(null, () => File.Create(destination))
            ),
            "tar" or "oci" or "docker" when call.Environment.Terminal.IsOutputTerminal => throw new CliFailure(
                "dest file is required for " + type + " exporter. refusing to write to console"
            ),
            "tar" or "oci" or "docker" => (wire, new BuildOutputTarget(null, () => call.Environment.Output)),
            _ => (wire, null),
        };
    }

    static bool IsUnpacked(Dictionary<string, string> fields) => fields.TryGetValue("tar", out var tar) && GoBool.Parse(tar) == false;

    public static Dictionary<string, string> Fields(string text, string what)
    {
        var fields = new Dictionary<string, string>();
        foreach (var field in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = field.Split('=', 2);
            if (parts.Length != 2)
                throw new CliFailure($"invalid {what} \"{text}\": field '{field}' must be a key=value pair");
            fields[parts[0].Trim().ToLowerInvariant()] = parts[1];
        }
        return fields;
    }
}
