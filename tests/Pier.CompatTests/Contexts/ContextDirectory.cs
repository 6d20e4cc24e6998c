using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Pier.CompatTests.Contexts;

/// <summary>A configuration directory of its own and one client that works with it, in a working directory with certificates.</summary>
sealed partial class ContextDirectory : IDisposable
{
    readonly string _program;

    /// <param name="client">"docker" (the one in PATH) or "pier".</param>
    public ContextDirectory(string client)
    {
        _program = client == "pier" ? PierDaemon.Binary : client;
        Config = Path.Combine(Root.FullName, "config");
        Directory.CreateDirectory(Work);
    }

    public DirectoryInfo Root { get; } = Directory.CreateTempSubdirectory("pier-contexts-");

    /// <summary>What DOCKER_CONFIG names. Another client's may be put here.</summary>
    public string Config { get; init; }

    /// <summary>The working directory of every command.</summary>
    public string Work => Path.Combine(Root.FullName, "work");

    /// <param name="words">The command line; words before it with "=" are environment variables.</param>
    /// <param name="input">A file of the working directory as standard input, or null for an empty one.</param>
    public Task<CommandResult> RunAsync(string[] words, byte[]? input = null)
    {
        var variables = words.TakeWhile(w => Variable().IsMatch(w)).ToArray();
        var start = new ProcessStartInfo(_program, words[variables.Length..]) { WorkingDirectory = Work };
        foreach (var name in (string[])["DOCKER_HOST", "PIER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY"])
            start.Environment.Remove(name);
        start.Environment["DOCKER_CONFIG"] = Config;
        start.Environment["DOCKER_CLI_HINTS"] = "false";
        foreach (var variable in variables)
            start.Environment[variable[..variable.IndexOf('=')]] = variable[(variable.IndexOf('=') + 1)..];
        return Commands.RunAsync(start, input);
    }

    /// <summary>Runs it and expects success.</summary>
    public async Task<string> OkAsync(params string[] words)
    {
        var run = await RunAsync(words);
        Assert.True(run.Code == 0, $"{string.Join(' ', words)}: {run.Code} {run.Error}");
        return run.Out;
    }

    /// <summary>What a command did, in a form that is the same for both clients.</summary>
    public string Describe(CommandResult run) =>
        Runs()
            .Replace(
                $"{run.Code}|{run.Out}|{run.Error}"
                    .Replace(Root.FullName, "ROOT", StringComparison.Ordinal)
                    .Replace("unix:///run/pier/pier.sock", "unix:///var/run/docker.sock", StringComparison.Ordinal)
                    .Replace("pier", "docker", StringComparison.Ordinal)
                    .Replace("Pier", "Docker", StringComparison.Ordinal),
                " "
            );

    /// <summary>Every file of the contexts with its mode, and what is in each meta.json.</summary>
    public string Tree()
    {
        var text = new StringBuilder();
        foreach (var path in Directory.GetFileSystemEntries(Path.Combine(Config, "contexts"), "*", SearchOption.AllDirectories).Order())
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{Path.GetRelativePath(Config, path)} {Convert.ToString((int)File.GetUnixFileMode(path), 8)} {Content(path)}"
            );
        return text.ToString().Replace("unix:///run/pier/pier.sock", "unix:///var/run/docker.sock", StringComparison.Ordinal);
    }

    static string Content(string path) => File.Exists(path) ? File.ReadAllText(path) : "";

    public void Dispose() => Root.Delete(recursive: true);

    [GeneratedRegex("^[A-Z_]+=")]
    private static partial Regex Variable();

    // Columns are as wide as the default endpoint, whose length differs.
    [GeneratedRegex(" +")]
    private static partial Regex Runs();
}
