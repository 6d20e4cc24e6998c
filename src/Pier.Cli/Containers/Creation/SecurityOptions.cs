using Pier.Cli.CommandLines;

namespace Pier.Cli.Containers.Creation;

/// <summary>
/// --security-opt: a seccomp profile is a file of the client's, so its content travels; systempaths=unconfined is two empty lists.
/// </summary>
static class SecurityOptions
{
    public static (string[]? Options, bool Unmasked) Read(ParsedLine line)
    {
        if (!line.Has("security-opt"))
            return (null, false);
        var options = new List<string>();
        var unmasked = false;
        foreach (var option in line.List("security-opt"))
        {
            if (option == "systempaths=unconfined")
            {
                unmasked = true;
                continue;
            }
            var separator = option.AsSpan().IndexOfAny('=', ':');
            var name = separator < 0 ? option : option[..separator];
            if (separator < 0 && name != "no-new-privileges")
                throw new CliFailure($"Invalid --security-opt: \"{option}\"", 125);
            options.Add(
                name == "seccomp" && option[(separator + 1)..] is not ("unconfined" or "builtin")
                    ? "seccomp=" + Profile(option[(separator + 1)..])
                    : option
            );
        }
        return (options.Count == 0 ? null : [.. options], unmasked);
    }

    static string Profile(string path)
    {
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.GetRawText();
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new CliFailure($"compacting json for seccomp profile ({path}) failed: {e.Message}", 125);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliFailure($"opening seccomp profile ({path}) failed: open {path}: no such file or directory", 125);
        }
    }
}
