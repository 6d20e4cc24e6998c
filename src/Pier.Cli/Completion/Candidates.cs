namespace Pier.Cli.Completion;

/// <summary>A word that may stand at the cursor.</summary>
readonly record struct Candidate(string Text, string Description = "");

/// <summary>What a shell does with the candidates: cobra's numbers, which docker's scripts know too.</summary>
[Flags]
enum Directive
{
    /// <summary>Names of files where there are no candidates.</summary>
    Files = 0,

    /// <summary>No blank after the word: it goes on.</summary>
    NoSpace = 2,
    NoFiles = 4,

    /// <summary>Names of directories.</summary>
    Directories = 16,
    KeepOrder = 32,
}

/// <summary>The words for a place in the command line, whatever is typed of one already.</summary>
sealed record Candidates(IEnumerable<Candidate> Items, Directive Directive)
{
    /// <summary>Nothing is known of this place.</summary>
    public static Candidates None { get; } = new([], Directive.NoFiles);

    public static Candidates Files { get; } = new([], Directive.Files);

    public static Candidates Directories { get; } = new([], Directive.Directories);

    /// <summary>Words in the order in which they are given.</summary>
    public static Candidates Fixed(params string[] words) => Of(words);

    public static Candidates Of(IEnumerable<string> words) => new(words.Select(w => new Candidate(w)), Directive.NoFiles);

    /// <summary>Beginnings of words: "size=".</summary>
    public static Candidates Beginnings(params string[] words) =>
        new(words.Select(w => new Candidate(w)), Directive.NoSpace | Directive.NoFiles);
}
