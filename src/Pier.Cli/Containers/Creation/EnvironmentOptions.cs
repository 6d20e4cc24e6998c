using Pier.Cli.CommandLines;

namespace Pier.Cli.Containers.Creation;

/// <summary>-e, --env-file, --label and --label-file. A variable without a value takes the client's own, if it has one.</summary>
sealed class EnvironmentOptions(CliEnvironment environment)
{
    public string[]? Variables(ParsedLine line)
    {
        var result = new List<string>();
        foreach (var file in line.List("env-file"))
            result.AddRange(ReadFile(file).Select(Complete).OfType<string>());
        foreach (var variable in line.List("env"))
        {
            if (variable.Length == 0 || variable[0] == '=')
                throw new UsageFailure($"invalid argument \"{variable}\" for \"-e, --env\" flag: invalid environment variable: {variable}");
            if (Complete(variable) is { } complete)
                result.Add(complete);
        }
        return result.Count == 0 ? null : [.. result];
    }

    public Dictionary<string, string>? Labels(ParsedLine line)
    {
        var labels = new Dictionary<string, string>();
        foreach (var label in line.List("label-file").SelectMany(ReadFile).Concat(line.List("label")))
        {
            var (key, value) = KeyValues.Split(label);
            labels[key] = value;
        }
        return labels.Count == 0 ? null : labels;
    }

    string? Complete(string variable)
    {
        if (variable.Contains('='))
            return variable;
        return environment.Variable(variable) is { } value ? $"{variable}={value}" : null;
    }

    static IEnumerable<string> ReadFile(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliFailure($"open {path}: no such file or directory", 125);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliFailure($"open {path}: {e.Message}", 125);
        }
        foreach (var raw in lines)
        {
            var text = raw.TrimStart();
            if (text.Length == 0 || text[0] == '#')
                continue;
            var name = KeyValues.Split(text).Key;
            if (name.Length == 0)
                throw new CliFailure($"no variable name on line '{text}'", 125);
            if (name.AsSpan().IndexOfAny(' ', '\t') >= 0)
                throw new CliFailure($"variable '{name}' contains whitespaces", 125);
            yield return text;
        }
    }
}
