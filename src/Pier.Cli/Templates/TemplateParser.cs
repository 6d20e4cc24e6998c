using System.Globalization;

namespace Pier.Cli.Templates;

/// <summary>From tokens to nodes.</summary>
sealed class TemplateParser
{
    readonly List<Token> _tokens;
    int _at;

    TemplateParser(List<Token> tokens) => _tokens = tokens;

    public static IReadOnlyList<Node> Parse(string source)
    {
        var parser = new TemplateParser(new TemplateLexer(source).Run());
        var nodes = parser.List(out var ending);
        if (ending is not null)
            throw new TemplateException($"template: :1: unexpected {{{{{ending}}}}}");
        return nodes;
    }

    Token Peek => _tokens[_at];

    Token Take() => _tokens[_at++];

    bool PeekKeyword(string word) => Peek.Kind == TokenKind.Identifier && Peek.Text == word;

    /// <summary>Nodes up to {{end}} or {{else}} (which is told, and consumed without its rest) or the end of the source.</summary>
    List<Node> List(out string? ending)
    {
        var nodes = new List<Node>();
        while (true)
        {
            var token = Take();
            if (token.Kind == TokenKind.End)
            {
                ending = null;
                return nodes;
            }
            if (token.Kind == TokenKind.Text)
            {
                nodes.Add(new TextNode(token.Text));
                continue;
            }
            if (PeekKeyword("end") || PeekKeyword("else"))
            {
                ending = Take().Text;
                if (ending == "end")
                    Expect(TokenKind.Close);
                return nodes;
            }
            nodes.Add(Action());
        }
    }

    Node Action()
    {
        if (PeekKeyword("if"))
            return Control((p, t, e) => new IfNode(p, t, e));
        if (PeekKeyword("with"))
            return Control((p, t, e) => new WithNode(p, t, e));
        if (PeekKeyword("range"))
            return Control((p, t, e) => new RangeNode(p, t, e));
        var pipeline = Pipeline();
        Expect(TokenKind.Close);
        return new ActionNode(pipeline);
    }

    Node Control(Func<Pipeline, IReadOnlyList<Node>, IReadOnlyList<Node>, Node> make)
    {
        var word = Take().Text;
        var pipeline = Pipeline();
        Expect(TokenKind.Close);
        var body = List(out var ending);
        if (ending is null)
            throw new TemplateException("template: :1: unexpected EOF");
        if (ending == "end")
            return make(pipeline, body, []);
        if (PeekKeyword("if") || PeekKeyword("with"))
            return make(pipeline, body, [Action()]);
        Expect(TokenKind.Close);
        var otherwise = List(out ending);
        if (ending != "end")
            throw new TemplateException($"template: :1: expected end of {word}; found {ending ?? "EOF"}");
        return make(pipeline, body, otherwise);
    }

    Pipeline Pipeline()
    {
        var variables = new List<string>();
        var declares = false;
        var mark = _at;
        while (Peek.Kind == TokenKind.Variable)
        {
            variables.Add(Take().Text);
            if (Peek.Kind == TokenKind.Comma)
            {
                Take();
                continue;
            }
            if (Peek.Kind is TokenKind.Declare or TokenKind.Assign)
            {
                declares = Take().Kind == TokenKind.Declare;
                mark = -1;
            }
            break;
        }
        if (mark >= 0)
        {
            _at = mark;
            variables.Clear();
        }
        var commands = new List<Command> { Command() };
        while (Peek.Kind == TokenKind.Pipe)
        {
            Take();
            commands.Add(Command());
        }
        return new Pipeline(variables, declares, commands);
    }

    Command Command()
    {
        var words = new List<Operand>();
        while (Peek.Kind is not (TokenKind.Close or TokenKind.Pipe or TokenKind.RightParenthesis or TokenKind.End))
            words.Add(Operand());
        if (words.Count == 0)
            throw new TemplateException("template: :1: missing value for command");
        return new Command(words);
    }

    Operand Operand()
    {
        var token = Take();
        switch (token.Kind)
        {
            case TokenKind.String:
                return new LiteralOperand(token.Text);
            case TokenKind.Number:
                return new LiteralOperand(Number(token.Text));
            case TokenKind.Identifier:
                return Word(token.Text);
            case TokenKind.Variable:
                return Chain(new VariableOperand(token.Text), token.Position);
            case TokenKind.Dot:
                return new ChainOperand(null, [], token.Position);
            case TokenKind.Field:
                _at--;
                return Chain(null, token.Position);
            case TokenKind.LeftParenthesis:
                var inner = new PipelineOperand(Pipeline());
                Expect(TokenKind.RightParenthesis);
                return Chain(inner, token.Position);
            default:
                throw new TemplateException($"template: :1: unexpected \"{token.Text}\" in operand");
        }
    }

    /// <summary>Fields that follow without a blank belong to the operand.</summary>
    Operand Chain(Operand? start, int position)
    {
        var fields = new List<string>();
        while (Peek.Kind == TokenKind.Field && (!Peek.Spaced || (start is null && fields.Count == 0)))
            fields.Add(Take().Text);
        return start is not null && fields.Count == 0 ? start : new ChainOperand(start, fields, position);
    }

    static Operand Word(string word) =>
        word switch
        {
            "true" => new LiteralOperand(true),
            "false" => new LiteralOperand(false),
            "nil" => new LiteralOperand(null),
            _ => TemplateFunctions.Exists(word)
                ? new FunctionOperand(word)
                : throw new TemplateException($"template: :1: function \"{word}\" not defined"),
        };

    static object Number(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return whole;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new TemplateException($"template: :1: bad number syntax: \"{text}\"");
    }

    void Expect(TokenKind kind)
    {
        var token = Take();
        if (token.Kind != kind)
            throw new TemplateException($"template: :1: unexpected \"{token.Text}\" in command");
    }
}
