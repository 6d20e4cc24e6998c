using System.Text;
using System.Text.Json;
using Pier.Cli.CommandLines;
using Pier.Cli.Templates;

namespace Pier.Cli.Inspection;

/// <summary>What inspect commands print: the objects that were found, and then what is wrong with the others.</summary>
static class InspectionResult
{
    /// <summary>Looks each name up and prints what came of it in the form that --format asks for; the answer is the exit code.</summary>
    /// <param name="find">An object's JSON; throws <see cref="CliFailure"/>.</param>
    public static int Print(Invocation call, IReadOnlyList<string> names, Func<string, byte[]> find)
    {
        var format = call.Line.Text("format") ?? "";
        var template = format is "" or "json" ? null : Parse(format);
        var found = new List<byte[]>();
        var errors = new List<string>();
        foreach (var name in names)
        {
            try
            {
                found.Add(find(name));
            }
            catch (CliFailure e) when (e is not DaemonUnreachable)
            {
                errors.Add(e.Message);
            }
        }
        if (template is null)
            call.Out.Write(Array(found, indented: format.Length == 0) + "\n");
        else
            Print(call, template, found);
        call.Out.Flush();
        foreach (var error in errors)
            call.Error.WriteLine(error);
        return errors.Count == 0 ? 0 : 1;
    }

    static string Array(List<byte[]> found, bool indented)
    {
        var array = new StringBuilder("[").AppendJoin(',', found.Select(f => Encoding.UTF8.GetString(f).Trim())).Append(']').ToString();
        return indented ? JsonText.Indent(Encoding.UTF8.GetBytes(array)) : array;
    }

    static Template Parse(string format)
    {
        try
        {
            return Template.Parse(format.Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal));
        }
        catch (TemplateException e)
        {
            throw new CliFailure($"template parsing error: {e.Message}", 64);
        }
    }

    static void Print(Invocation call, Template template, List<byte[]> found)
    {
        // As Docker has it: a line even when nothing was found.
        if (found.Count == 0)
            call.Out.WriteLine();
        foreach (var item in found)
        {
            using var document = JsonDocument.Parse(item);
            try
            {
                call.Out.WriteLine(template.Execute(document.RootElement));
            }
            catch (TemplateException e)
            {
                call.Out.WriteLine();
                throw new CliFailure($"template parsing error: {e.Message}");
            }
        }
    }
}
