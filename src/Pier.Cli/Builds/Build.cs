using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Images;
using Pier.Cli.Transport;
using Pier.Contracts;

namespace Pier.Cli.Builds;

/// <summary>pier build.</summary>
static class Build
{
    public static CommandSpec Spec =>
        new()
        {
            Name = "build",
            Usage = "[OPTIONS] PATH | URL | -",
            Summary = "Build an image from a Dockerfile",
            Aliases = ["image build", "build", "builder build"],
            Options = BuildOptions.All,
            MinimumArguments = 1,
            MaximumArguments = 1,
            Run = Execute,
        };

    static int Execute(Invocation call)
    {
        BuildOptions.Check(call.Line);
        // Base images are the daemon's to find: what it pulls for a build it checks by its own policy (--trust-policy).
        if (Trust.ContentTrust.IsOn(call))
            throw new CliFailure(
                "content trust is not supported for builds: name base images by digest, or give the daemon a trust policy"
            );
        var quiet = call.Line.Flag("quiet") || call.Line.Text("progress") == "quiet";
        if (SessionBuild.IsWanted(call))
            return ExecuteOverSession(call, quiet);
        var source = BuildSource.Open(call, quiet);
        var path = BuildOptions.Query(call.Line, source.Dockerfile, source.Remote, quiet).ToString();
        Action<Stream> write = call.Line.Flag("compress") ? output => Compressed(output, source) : source.Write;
        var answer = call.Client.Upload("POST", path, write, "application/x-tar", Credentials(call));
        string? id = null;
        var printer = new ProgressPrinter(call.Out, call.Environment.Terminal.IsOutputTerminal)
        {
            Extra = extra => id = extra.Text("ID") is { Length: > 0 } built ? built : id,
        };
        using var _ = answer.Connection;
        printer.Print(answer);
        if (quiet)
            id = printer.LastText.Trim();
        if (call.Line.Text("iidfile") is { } file)
            WriteId(file, id ?? throw new CliFailure("the daemon did not say which image it built"));
        return 0;
    }

    static int ExecuteOverSession(Invocation call, bool quiet)
    {
        var id = SessionBuild.Run(call, quiet);
        if (quiet && id is not null)
            call.Out.WriteLine(id);
        if (call.Line.Text("iidfile") is { } file)
            WriteId(file, id ?? throw new CliFailure("the daemon did not say which image it built"));
        return 0;
    }

    // X-Registry-Config: every registry's credentials, since the daemon alone knows which images the Dockerfile names.
    static (string, string)[] Credentials(Invocation call)
    {
        var all = new Registries.CredentialFile(call.Config.Directory).Each();
        return all.Count == 0
            ? []
            :
            [
                (
                    "X-Registry-Config",
                    Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(all.ToJsonString())).Replace('+', '-').Replace('/', '_')
                ),
            ];
    }

    static void Compressed(Stream output, BuildSource source)
    {
        using var gzip = new System.IO.Compression.GZipStream(output, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true);
        source.Write(gzip);
    }

    static void WriteId(string file, string id)
    {
        try
        {
            File.WriteAllText(file, id);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliFailure($"open {file}: {e.Message}");
        }
    }
}
