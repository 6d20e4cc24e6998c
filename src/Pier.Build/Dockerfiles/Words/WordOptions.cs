namespace Pier.Build.Dockerfiles.Words;

/// <summary>How words are read: what is taken out of the text and what stays.</summary>
public sealed record WordOptions
{
    /// <summary>The escape character: a backslash, or the backtick of "# escape=`".</summary>
    public char Escape { get; init; } = '\\';

    /// <summary>Quotes stay in the result.</summary>
    public bool KeepQuotes { get; init; }

    /// <summary>Escape characters stay in the result.</summary>
    public bool KeepEscapes { get; init; }

    /// <summary>Quotes mean nothing: the body of a here-document.</summary>
    public bool IgnoreQuotes { get; init; }

    /// <summary>A variable that is not set stays as it is written.</summary>
    public bool KeepUnset { get; init; }
}

/// <summary>The value of a variable, or null where it is not set.</summary>
public delegate string? Variables(string name);
