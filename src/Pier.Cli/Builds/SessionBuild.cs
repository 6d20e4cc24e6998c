using System.Text.Json;
using Pier.Cli.Builds.Progress;
using Pier.Cli.Builds.Sessions;
using Pier.Cli.CommandLines;
using Pier.Cli.Registries;
using Pier.Cli.Transport;
using Pier.Contracts.BuildKit.Control;

namespace Pier.Cli.Builds;

/// <summary>A build over a session: the daemon asks for files, secrets and agents as it needs them, and sends results here.</summary>
static class SessionBuild
{
    /// <summary>Options that nothing else can carry, or a user who asks for it.</summary>
    public static bool IsWanted(Invocation call) =>
        call.Line.Has("secret") || call.Line.Has("ssh") || call.Line.Has("output")
        || call.Line.Text("progress") is "plain" or "tty" or "rawjson"
        || call.Environment.Variable("DOCKER_BUILDKIT") is "1" or "true";

    /// <summary>Builds; the answer is the image's id, or null when the result went elsewhere.</summary>
    public static string? Run(Invocation call, bool quiet)
    {
        var (output, target) = SessionOptions.Output(call);
        var context = SessionContext.Open(call);
        var services = new SessionServices
        {
            Directories = context.Directories,
            Secrets = SessionOptions.Secrets(call),
            Agents = SessionOptions.Agents(call),
            Credentials = new CredentialFile(call.Config.Directory),
            Output = target,
        };
        using var session = ClientSession.Open(call.Client, context.SharedKey, services.Methods());
        var query = BuildOptions.Query(call.Line, context.Dockerfile, context.Remote, quiet: false);
        query.Add("version", "2").Add("session", session.Id).Add("buildid", Guid.NewGuid().ToString("N")).Add("outputs", SessionOptions.Json(output));
        var answer = context.Archive is { } archive
            ? call.Client.Upload("POST", query.ToString(), archive, "application/x-tar")
            : call.Client.Open("POST", query.ToString());
        using var _ = answer.Connection;
        return Follow(answer, Display(call, quiet));
    }

    static IBuildDisplay Display(Invocation call, bool quiet) => (quiet ? "quiet" : call.Line.Text("progress") ?? "auto") switch
    {
        "quiet" => new QuietDisplay(),
        "rawjson" => new RawDisplay(call.Environment.Error),
        "plain" => new PlainDisplay(call.Error),
        "tty" => new TerminalDisplay(call.Error, call.Environment.Terminal),
        _ => call.Environment.Terminal.IsOutputTerminal ? new TerminalDisplay(call.Error, call.Environment.Terminal) : new PlainDisplay(call.Error),
    };

    static string? Follow(DaemonAnswer answer, IBuildDisplay display)
    {
        string? id = null;
        try
        {
            using var reader = new StreamReader(answer.Body);
            while (reader.ReadLine() is { } line)
            {
                if (line.Trim().Length == 0) continue;
                using var message = JsonDocument.Parse(line);
                id = Take(message.RootElement, display) ?? id;
            }
        }
        finally
        {
            display.End();
        }
        return id;
    }

    static string? Take(JsonElement message, IBuildDisplay display)
    {
        var error = message.At("errorDetail").Text("message");
        if (error.Length == 0) error = message.Text("error");
        if (error.Length > 0) throw new CliFailure("failed to solve: " + error);
        switch (message.Text("id"))
        {
            case "moby.buildkit.trace" when message.At("aux") is { ValueKind: JsonValueKind.String } trace:
                display.Show(StatusResponse.Parser.ParseFrom(trace.GetBytesFromBase64()));
                return null;
            case "moby.image.id" when message.At("aux") is { } image:
                return image.Text("ID");
            default:
                return null;
        }
    }
}
