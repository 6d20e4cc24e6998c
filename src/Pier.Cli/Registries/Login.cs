using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pier.Cli.CommandLines;

namespace Pier.Cli.Registries;

/// <summary>pier login.</summary>
static class Login
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "login",
            Usage = "[OPTIONS] [SERVER]",
            Summary = "Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.",
            Options =
            [
                new("password", 'p', "string", "Password or Personal Access Token (PAT)"),
                new("password-stdin", '\0', "", "Take the Password or Personal Access Token (PAT) from stdin"),
                new("username", 'u', "string", "Username"),
            ],
            MinimumArguments = 0,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        var key = call.Arguments.Count > 0 ? Server(call.Arguments[0]) : CredentialFile.Hub;
        var file = new CredentialFile(call.Config.Directory);
        var (username, password) = Ask(call, file.Find(key));
        var request = new JsonObject
        {
            ["username"] = username,
            ["password"] = password,
            ["serveraddress"] = key,
        };
        var answer = call.Client.Call("POST", "/auth", Encoding.UTF8.GetBytes(request.ToJsonString()));
        using var document = JsonDocument.Parse(answer);
        var kept = file.Store(key, username, password, document.RootElement.Text("IdentityToken"));
        if (!kept)
        {
            call.Error.WriteLine(
                $"\nWARNING! Your credentials are stored unencrypted in '{Path.Combine(call.Config.Directory, "config.json")}'.\n"
                    + "Configure a credential helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n"
            );
        }
        call.Out.WriteLine(document.RootElement.Text("Status"));
        return 0;
    }

    static (string Username, string Password) Ask(Invocation call, JsonObject? known)
    {
        var line = call.Line;
        var (username, password) = (line.Text("username") ?? "", line.Text("password") ?? "");
        if (line.Flag("password-stdin"))
        {
            if (password.Length > 0)
                throw new CliFailure("--password and --password-stdin are mutually exclusive");
            if (username.Length == 0)
                throw new CliFailure("Must provide --username with --password-stdin");
            using var reader = new StreamReader(call.Environment.Input);
            return (username, reader.ReadToEnd().TrimEnd('\n').TrimEnd('\r'));
        }
        if (password.Length > 0)
            call.Error.WriteLine("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
        if (username.Length > 0 && password.Length > 0)
            return (username, password);
        if (
            username.Length == 0
            && known?["username"]?.GetValue<string>() is { Length: > 0 } before
            && known["password"]?.GetValue<string>() is { Length: > 0 } secret
        )
        {
            call.Error.WriteLine("Authenticating with existing credentials...");
            return (before, secret);
        }
        if (!call.Environment.Terminal.IsInputTerminal)
            throw new CliFailure("Error: Cannot perform an interactive login from a non TTY device");
        if (username.Length == 0)
            username = Prompt(call, "Username: ", hidden: false);
        if (username.Length == 0)
            throw new CliFailure("Error: Non-null Username Required");
        if (password.Length == 0)
            password = Prompt(call, "Password: ", hidden: true);
        if (password.Length == 0)
            throw new CliFailure("Error: Password Required");
        return (username, password);
    }

    public static string Prompt(Invocation call, string text, bool hidden)
    {
        call.Out.Write(text);
        call.Out.Flush();
        using var raw = hidden ? call.Environment.Terminal.EnterRaw() : null;
        var typed = new List<byte>();
        var one = new byte[1];
        while (call.Environment.Input.Read(one) == 1 && one[0] is not ((byte)'\n' or (byte)'\r'))
        {
            if (one[0] == 3)
                throw new CliFailure("", 130);
            typed.Add(one[0]);
        }
        if (hidden)
            call.Out.Write("\r\n");
        return Encoding.UTF8.GetString([.. typed]);
    }

    /// <summary>"registry.example:5000" out of what users write ("https://registry.example:5000/v2/").</summary>
    public static string Server(string text)
    {
        if (text is "docker.io" or "index.docker.io" or CredentialFile.Hub)
            return CredentialFile.Hub;
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var rest = scheme < 0 ? text : text[(scheme + 3)..];
        var slash = rest.IndexOf('/');
        return slash < 0 ? rest : rest[..slash];
    }
}
