using System.Text.Json;
using Pier.Cli.Templates;

namespace Pier.UnitTests.Cli;

/// <summary>The subset of Go's text/template that --format needs, checked against what Go prints.</summary>
public class TemplateTests
{
    const string Data = """
        {"Name":"/w1","State":{"Running":true,"Pid":42,"Error":""},"Args":["a","b"],"Labels":{"z":"1","a":"<2>"},"Nothing":null,"Size":1.5,
         "Networks":{"bridge":{"IP":"10.0.0.2"}}}
        """;

    static string Execute(string template)
    {
        using var document = JsonDocument.Parse(Data);
        return Template.Parse(template).Execute(document.RootElement);
    }

    [Theory]
    [InlineData("{{.Name}}", "/w1")]
    [InlineData("x{{ .State.Pid }}y", "x42y")]
    [InlineData("{{.State.Running}}", "true")]
    [InlineData("{{.Size}}", "1.5")]
    [InlineData("{{.Args}}", "[a b]")]
    [InlineData("{{.Labels}}", "map[a:<2> z:1]")]
    [InlineData("{{.Nothing}}", "<nil>")]
    [InlineData("{{json .Args}}", "[\"a\",\"b\"]")]
    [InlineData("{{json .Labels}}", "{\"z\":\"1\",\"a\":\"\\u003c2\\u003e\"}")]
    [InlineData("{{.Args | json}}", "[\"a\",\"b\"]")]
    [InlineData("{{join .Args \", \"}}", "a, b")]
    [InlineData("{{index .Args 1}}", "b")]
    [InlineData("{{index .Labels \"z\"}}", "1")]
    [InlineData("{{(index .Networks \"bridge\").IP}}", "10.0.0.2")]
    [InlineData("{{len .Args}}", "2")]
    [InlineData("{{upper .Name}}|{{.Name | lower}}|{{title \"abc\"}}", "/W1|/w1|Abc")]
    [InlineData("{{if .State.Running}}up{{else}}down{{end}}", "up")]
    [InlineData("{{if .State.Error}}x{{else if eq .State.Pid 42}}y{{else}}z{{end}}", "y")]
    [InlineData("{{if and .State.Running (gt .State.Pid 1)}}1{{end}}{{if not .Nothing}}2{{end}}{{if or .Nothing .Name}}3{{end}}", "123")]
    [InlineData("{{range .Args}}<{{.}}>{{end}}", "<a><b>")]
    [InlineData("{{range $i, $v := .Args}}{{$i}}={{$v}};{{end}}", "0=a;1=b;")]
    [InlineData("{{range $k, $v := .Labels}}{{$k}}={{$v}} {{end}}", "a=<2> z=1 ")]
    [InlineData("{{range .Nothing}}x{{else}}none{{end}}", "none")]
    [InlineData("{{with .State}}{{.Pid}}{{$.Name}}{{end}}", "42/w1")]
    [InlineData("{{$x := .State.Pid}}{{$x}}", "42")]
    [InlineData("a {{- .Name -}} b", "a/w1b")]
    [InlineData("{{/* no */}}x", "x")]
    [InlineData("{{printf \"%s-%d-%5s|\" .Name .State.Pid \"r\"}}", "/w1-42-    r|")]
    [InlineData("{{println .Name}}", "/w1\n")]
    [InlineData("{{\"quoted\\t\\\"x\\\"\"}}{{`raw`}}", "quoted\t\"x\"raw")]
    [InlineData("{{split \"a:b\" \":\"}}", "[a b]")]
    [InlineData("{{slice .Name 1}}", "w1")]
    [InlineData("{{truncate .Name 2}}", "/w")]
    public void Prints_what_Go_prints(string template, string expected) => Assert.Equal(expected, Execute(template));

    [Theory]
    [InlineData("{{.Foo}}", "template: :1:2: executing \"\" at <.Foo>: map has no entry for key \"Foo\"")]
    [InlineData("{{.State.Foo}}", "map has no entry for key \"Foo\"")]
    [InlineData("{{nofunc .}}", "template: :1: function \"nofunc\" not defined")]
    [InlineData("{{.Name", "template: :1: unclosed action")]
    [InlineData("{{if .Name}}x", "template: :1: unexpected EOF")]
    [InlineData("{{end}}", "template: :1: unexpected {{end}}")]
    [InlineData("{{index .Args 9}}", "index out of range: 9")]
    public void Mistakes_are_told_in_Gos_words(string template, string message) =>
        Assert.Contains(message, Assert.Throws<TemplateException>(() => Execute(template)).Message);
}
