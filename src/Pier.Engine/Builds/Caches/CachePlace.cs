using Pier.Model;
using Pier.Model.Notation;

namespace Pier.Engine.Builds.Caches;

/// <summary>A cache that lies elsewhere, as --cache-from and --cache-to name it.</summary>
/// <param name="Type">"registry", "local" or "inline".</param>
/// <param name="Options">"ref", "src", "dest", "mode", ...</param>
public sealed record CachePlace(string Type, IReadOnlyDictionary<string, string> Options)
{
    /// <summary>An option's value; "" when it is missing.</summary>
    public string this[string option] => Options.GetValueOrDefault(option) ?? "";

    /// <summary>As Go reads a boolean. Throws <see cref="InvalidParameterException"/> for anything else.</summary>
    public bool Flag(string option, bool missing) =>
        this[option] is not { Length: > 0 } text
            ? missing
            : GoBool.Parse(text) ?? throw new InvalidParameterException($"failed to parse {option}: \"{text}\" is no boolean");

    /// <summary>An option that the place cannot be without.</summary>
    public string Required(string option) =>
        this[option] is { Length: > 0 } value ? value : throw new InvalidParameterException($"cache type {Type} needs the option {option}");
}
