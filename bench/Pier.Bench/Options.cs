namespace Pier.Bench;

/// <summary>The command line: --pier PATH --out FILE [--work DIR] [--rounds N] [--without docker,podman] [--only WORD].</summary>
/// <param name="Pier">The native binary; null measures the peers alone.</param>
/// <param name="Output">Markdown file to write; null prints only.</param>
/// <param name="Work">Directory for roots and sockets, removed at the end.</param>
/// <param name="Rounds">How often each measure goes round the engines.</param>
/// <param name="Without">Engines to leave out.</param>
/// <param name="Only">Measures whose title contains the word; null means all.</param>
sealed record Options(string? Pier, string? Output, string Work, int Rounds, string[] Without, string? Only)
{
    public static Options Parse(string[] arguments)
    {
        var options = new Options(null, null, Path.Combine(Path.GetTempPath(), $"pier-bench-{Environment.ProcessId}"), 3, [], null);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} needs a value");
            options = arguments[i] switch
            {
                "--pier" => options with { Pier = Path.GetFullPath(value) },
                "--out" => options with { Output = Path.GetFullPath(value) },
                "--work" => options with { Work = Path.GetFullPath(value) },
                "--rounds" => options with { Rounds = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture) },
                "--without" => options with { Without = value.Split(',') },
                "--only" => options with { Only = value },
                _ => throw new ArgumentException($"unknown option {arguments[i]}"),
            };
        }

        return options;
    }
}
