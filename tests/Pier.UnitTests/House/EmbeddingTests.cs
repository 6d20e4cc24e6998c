namespace Pier.UnitTests.House;

/// <summary>docs/embedding.md shows what a test runs.</summary>
public class EmbeddingTests
{
    [Fact]
    public void The_example_of_the_page_is_the_tests()
    {
        var page = File.ReadAllText(Repository.Path("docs/embedding.md"));
        var test = File.ReadAllText(Repository.Path("tests/Pier.KernelTests/Engine/EmbeddedEngineTests.cs"));
        Assert.Equal(Lines(Between(test, "// <example>\n", "// </example>")), Lines(Between(page, "```csharp\n", "```")));
    }

    static string Between(string text, string start, string end)
    {
        var from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    static IEnumerable<string> Lines(string text) => text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0);
}
