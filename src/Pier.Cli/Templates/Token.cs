namespace Pier.Cli.Templates;

/// <summary>Kinds of tokens inside and outside of {{ }}.</summary>
enum TokenKind
{
    Text,
    Open,
    Close,
    Field,
    Identifier,
    Variable,
    String,
    Number,
    Pipe,
    LeftParenthesis,
    RightParenthesis,
    Declare,
    Assign,
    Comma,
    Dot,
    End,
}

/// <summary>
/// A token; Text is a field's or variable's name without its dot or dollar, and a string's value. Spaced: a blank stands before it.
/// </summary>
readonly record struct Token(TokenKind Kind, string Text, int Position, bool Spaced);
