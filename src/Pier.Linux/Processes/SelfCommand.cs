using System.Collections;

namespace Pier.Linux.Processes;

/// <summary>How this program is started: the native binary alone, or the runtime host and the assembly.</summary>
public sealed class SelfCommand
{
    /// <summary>Set in a sealed supervisor: the path that it was started by (<see cref="SealedExecutable"/>).</summary>
    public const string Sealed = "PIER_SUPERVISOR_SEALED";

    const string RunningFile = "/proc/self/exe";

    readonly string[] _words;

    SelfCommand(string[] words) => _words = words;

    /// <summary>As this process was started. The path is a name, not the running file: a replaced binary is what runs next.</summary>
    public static SelfCommand Current()
    {
        var path =
            System.Environment.GetEnvironmentVariable(Sealed)
            ?? System.Environment.ProcessPath
            ?? throw new InvalidOperationException("the path of this program is unknown");
        return Path.GetFileNameWithoutExtension(path) == "dotnet"
            ? new SelfCommand([path, Path.GetFullPath(System.Environment.GetCommandLineArgs()[0])])
            : new SelfCommand([path]);
    }

    /// <summary>Argument vector with more words.</summary>
    public string[] With(params ReadOnlySpan<string> more) => [.. _words, .. more];

    /// <summary>
    /// Becomes this program with other words. When its file is being replaced, the running file serves once more. Returns only by throwing.
    /// </summary>
    public void Execute(params ReadOnlySpan<string> more)
    {
        var command = With(more);
        foreach (var path in Paths())
        {
            try
            {
                ThisProcess.Execute(path, command, Environment());
            }
            catch (LinuxException) when (path != RunningFile)
            {
                // The next path.
            }
        }
    }

    /// <summary>Files to try: the name first, so that a replaced binary takes over, then the file that runs now.</summary>
    public string[] Paths() => [_words[0], RunningFile];

    /// <summary>
    /// The environment as execve takes it, for keeper, supervisor and relay: with a small first generation. By default its budget follows
    /// the processor's cache, and a supervisor that allocates little would still grow to 80 MiB (measured) before its first collection.
    /// Containers get environments of their own.
    /// </summary>
    public static string[] Environment()
    {
        const string Budget = "DOTNET_GCgen0size"; // hexadecimal bytes
        var variables = System
            .Environment.GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Where(e => (string)e.Key is not (Budget or Sealed));
        return [.. variables.Select(e => $"{e.Key}={e.Value}"), $"{Budget}=200000"];
    }
}
