using System.Text;
using System.Text.Json;

namespace Pier.Cli.Templates;

/// <summary>A subset of Go's text/template: what --format uses of it. Parse once, execute for each row.</summary>
sealed class Template
{
    readonly IReadOnlyList<Node> _nodes;

    Template(IReadOnlyList<Node> nodes) => _nodes = nodes;

    /// <summary>Throws <see cref="TemplateException"/> with Go's words.</summary>
    public static Template Parse(string source) => new(TemplateParser.Parse(source));

    public string Execute(object? data)
    {
        var run = new Execution(data);
        run.Walk(_nodes, data);
        return run.Output.ToString();
    }

    sealed class Execution(object? root)
    {
        readonly Dictionary<string, object?> _variables = new() { [""] = root };

        public StringBuilder Output { get; } = new();

        public void Walk(IReadOnlyList<Node> nodes, object? dot)
        {
            foreach (var node in nodes)
                Walk(node, dot);
        }

        void Walk(Node node, object? dot)
        {
            switch (node)
            {
                case TextNode text:
                    Output.Append(text.Text);
                    break;
                case ActionNode action:
                    var value = Evaluate(action.Pipeline, dot);
                    if (action.Pipeline.Variables.Count == 0)
                        Output.Append(TemplateValues.Print(value));
                    break;
                case IfNode branch:
                    Walk(TemplateValues.IsTrue(Evaluate(branch.Condition, dot)) ? branch.Then : branch.Else, dot);
                    break;
                case WithNode with:
                    var inner = Evaluate(with.Value, dot);
                    if (TemplateValues.IsTrue(inner))
                        Walk(with.Then, inner);
                    else
                        Walk(with.Else, dot);
                    break;
                case RangeNode range:
                    Range(range, dot);
                    break;
            }
        }

        void Range(RangeNode range, object? dot)
        {
            var value = Evaluate(range.Value with { Variables = [] }, dot);
            if (value is string || TemplateValues.Elements(value) is not { } elements)
                throw new TemplateException(
                    $"template: :1: executing \"\" at <range>: range can't iterate over {TemplateValues.Print(value)}"
                );
            var any = false;
            foreach (var (key, element) in elements)
            {
                any = true;
                if (range.Value.Variables is [var only])
                    _variables[only] = element;
                if (range.Value.Variables is [var first, var second])
                {
                    _variables[first] = key;
                    _variables[second] = element;
                }
                Walk(range.Body, element);
            }
            if (!any)
                Walk(range.Else, dot);
        }

        object? Evaluate(Pipeline pipeline, object? dot)
        {
            object? value = null;
            for (var i = 0; i < pipeline.Commands.Count; i++)
                value = Evaluate(pipeline.Commands[i], dot, i > 0, value);
            foreach (var name in pipeline.Variables)
                _variables[name] = value;
            return value;
        }

        object? Evaluate(Command command, object? dot, bool piped, object? last)
        {
            if (command.Words[0] is FunctionOperand function)
            {
                var arguments = command.Words.Skip(1).Select(w => Evaluate(w, dot)).ToList();
                if (piped)
                    arguments.Add(last);
                return TemplateFunctions.Call(function.Name, arguments);
            }
            if (command.Words.Count > 1 || piped)
                throw new TemplateException(
                    $"template: :1: executing \"\": can't give argument to non-function {TemplateValues.Print(Evaluate(command.Words[0], dot))}"
                );
            return Evaluate(command.Words[0], dot);
        }

        object? Evaluate(Operand operand, object? dot) =>
            operand switch
            {
                LiteralOperand literal => literal.Value,
                VariableOperand variable => _variables.TryGetValue(variable.Name, out var value)
                    ? value
                    : throw new TemplateException($"template: :1: undefined variable \"${variable.Name}\""),
                PipelineOperand inner => Evaluate(inner.Pipeline, dot),
                FunctionOperand function => TemplateFunctions.Call(function.Name, []),
                ChainOperand chain => Chain(chain, dot),
                _ => null,
            };

        object? Chain(ChainOperand chain, object? dot)
        {
            var value = chain.Start is null ? dot : Evaluate(chain.Start, dot);
            for (var i = 0; i < chain.Fields.Count; i++)
                value = Field(value, chain, i);
            return TemplateValues.Normalize(value);
        }

        static object? Field(object? value, ChainOperand chain, int i)
        {
            var name = chain.Fields[i];
            switch (TemplateValues.Normalize(value))
            {
                case ITemplateFields row:
                    return row.TryGet(name, out var field)
                        ? field
                        : throw Missing(chain, $"can't evaluate field {name} in type {row.TypeName}");
                case JsonElement { ValueKind: JsonValueKind.Object } map:
                    if (map.TryGetProperty(name, out var property))
                        return property;
                    throw Missing(chain, $"map has no entry for key \"{name}\"");
                case null:
                    throw Missing(chain, $"nil data; no entry for key \"{name}\"");
                case var other:
                    throw Missing(chain, $"can't evaluate field {name} in type {(other is string ? "string" : "interface {}")}");
            }
        }

        static TemplateException Missing(ChainOperand chain, string reason)
        {
            var column = Math.Max(0, chain.Position - chain.Fields[0].Length - 1);
            return new TemplateException(
                $"template: :1:{column}: executing \"\" at <{(chain.Start is VariableOperand v ? "$" + v.Name : "")}.{string.Join('.', chain.Fields)}>: {reason}"
            );
        }
    }
}
