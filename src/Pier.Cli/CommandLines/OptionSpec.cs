namespace Pier.Cli.CommandLines;

/// <summary>
/// One option. Type is what help prints after the name: "" is a flag; list, map, mount, network, ulimit, filter and strings may be
/// repeated; every other is given once and the last one holds.
/// </summary>
/// <param name="Short">'\0' for none.</param>
/// <param name="Help">Lines of help, each wrapped on its own.</param>
/// <param name="AliasOf">For a hidden old name: the option that it stands for.</param>
readonly record struct OptionSpec(string Long, char Short, string Type, string Help, string? AliasOf = null)
{
    public bool IsFlag => Type.Length == 0;

    /// <summary>"-m, --memory", as messages name it.</summary>
    public string Display => Short == '\0' ? "--" + Long : $"-{Short}, --{Long}";
}
