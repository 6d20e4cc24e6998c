using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Pier.Model;

namespace Pier.Build.Sources.Git;

/// <summary>
/// One run of the system's git, with nothing of the host's or the user's configuration: no system and no global files, no variables but
/// those set here, no
/// hooks, no filters, no questions, and only the protocols that the remote's own kind allows.
/// </summary>
sealed class GitCommand(RemoteLimits limits, string protocols)
{
    const int MaxOutput = 1 << 20;

    static readonly string[] Always =
    [
        "-c",
        "protocol.allow=never",
        "-c",
        "protocol.file.allow=never",
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "core.fsmonitor=false",
        "-c",
        "core.askPass=",
        "-c",
        "credential.helper=",
        "-c",
        "core.symlinks=true",
        "-c",
        "core.autocrlf=false",
        "-c",
        "gc.auto=0",
        "-c",
        "maintenance.auto=false",
        "-c",
        "advice.detachedHead=false",
        // Redirects are followed before, by a client that looks where they lead.
        "-c",
        "http.followRedirects=false",
        "-c",
        "http.lowSpeedLimit=100",
        "-c",
        "http.lowSpeedTime=60",
    ];

    /// <summary>What git wrote to its standard output; throws <see cref="GitFailedException"/> when it failed.</summary>
    public async Task<string> RunAsync(string directory, IEnumerable<string> arguments, CancellationToken ct)
    {
        var words = arguments.ToArray();
        var start = new ProcessStartInfo(
            "git",
            [.. Always, .. protocols.Split(':').SelectMany(p => (string[])["-c", $"protocol.{p}.allow=always"]), .. words]
        )
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        SetEnvironment(start);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(limits.Git);
        using var process = Start(start);
        try
        {
            process.StandardInput.Close();
            var (output, errors) = (ReadAsync(process.StandardOutput, limit.Token), ReadAsync(process.StandardError, limit.Token));
            await Task.WhenAll(output, errors, process.WaitForExitAsync(limit.Token));
            if (process.ExitCode != 0)
                throw new GitFailedException((await errors).Trim());
            return await output;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new UnavailableException($"git did not end within {limits.Git.TotalSeconds:0} seconds");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    void SetEnvironment(ProcessStartInfo start)
    {
        var own = start.Environment.Where(v => v.Key is "PATH" || v.Key.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase)).ToArray();
        start.Environment.Clear();
        foreach (var (name, value) in own)
            start.Environment[name] = value;
        start.Environment["HOME"] = "/nonexistent";
        start.Environment["LC_ALL"] = "C";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_ALLOW_PROTOCOL"] = protocols;
        start.Environment["GIT_CEILING_DIRECTORIES"] = start.WorkingDirectory;
        // Only hosts that the machine's administrator knows, none of this user's keys, and never a question.
        start.Environment["GIT_SSH_COMMAND"] =
            "ssh -F none -o BatchMode=yes -o IdentityFile=none -o IdentityAgent=none -o StrictHostKeyChecking=yes -o ConnectTimeout=30";
    }

    static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new UnsupportedException("git repositories need the program git, which this host does not have", e);
        }
    }

    // Reads all, keeps the beginning: a program that cannot write waits.
    static async Task<string> ReadAsync(StreamReader reader, CancellationToken ct)
    {
        var (text, buffer) = (new StringBuilder(), new char[4096]);
        while (await reader.ReadAsync(buffer.AsMemory(), ct) is var count and > 0)
            if (text.Length < MaxOutput)
                text.Append(buffer, 0, count);
        return text.ToString();
    }
}

/// <summary>git's own words for what went wrong.</summary>
sealed class GitFailedException(string errors) : Exception(errors);
