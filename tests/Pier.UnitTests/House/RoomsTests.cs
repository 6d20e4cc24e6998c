using System.Xml.Linq;

namespace Pier.UnitTests.House;

/// <summary>
/// The reference directions between rooms are the law: this list is the house's plan, the projects must match it exactly.
/// </summary>
public class RoomsTests
{
    static readonly Dictionary<string, string[]> Plan = new()
    {
        ["Model"] = [],
        ["Contracts"] = ["Model"],
        ["Linux"] = [],
        ["Supervisor"] = ["Linux"],
        ["Runtime"] = ["Model", "Linux", "Supervisor"],
        ["Store"] = ["Model", "Linux"],
        ["Distribution"] = ["Model", "Store"],
        ["Network"] = ["Model", "Linux"],
        ["Build"] = ["Model", "Store", "Distribution"],
        ["Engine"] = ["Model", "Store", "Distribution", "Network", "Runtime", "Build"],
        ["Api"] = ["Model", "Contracts", "Engine"],
        ["Registry"] = ["Model", "Store"],
        ["Web"] = ["Contracts"],
        ["Cli"] = ["Model", "Contracts"],
    };

    [Fact]
    public void Every_room_references_exactly_what_the_plan_allows()
    {
        foreach (var (room, allowed) in Plan)
        {
            var project = XDocument.Load(Repository.Path($"src/Pier.{room}/Pier.{room}.csproj"));
            var references = project
                .Descendants("ProjectReference")
                .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value)["Pier.".Length..]);
            Assert.Equal(allowed.Order(), references.Order());
        }
    }

    [Fact]
    public void Every_project_under_src_is_a_room_of_the_plan()
    {
        // Doors is no project: its sources are compiled into the rooms that listen (decision 0038).
        var projects = Directory.GetDirectories(Repository.Path("src")).Select(Path.GetFileName).Order();
        Assert.Equal(Plan.Keys.Select(r => "Pier." + r).Append("Pier").Append("Doors").Order(), projects);
        Assert.Empty(Directory.GetFiles(Repository.Path("src/Doors"), "*.csproj"));
    }

    [Fact]
    public void Transitive_references_are_off() =>
        Assert.Contains("<DisableTransitiveProjectReferences>true<", File.ReadAllText(Repository.Path("Directory.Build.props")));

    [Fact]
    public void Only_the_Linux_room_declares_native_calls()
    {
        var offenders = Directory
            .EnumerateFiles(Repository.Path("src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/") && !f.Contains("/bin/") && !f.Contains("/Pier.Linux/"))
            .Where(f =>
                File.ReadAllText(f) is var text
                && (text.Contains("[DllImport") || text.Contains("[LibraryImport") || text.Contains("delegate* "))
            )
            .ToArray();
        Assert.Empty(offenders);
    }

    [Fact]
    public void No_source_file_has_more_than_400_lines()
    {
        var long_ = Directory
            .EnumerateFiles(Repository.Path("src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/") && !f.Contains("/bin/") && File.ReadLines(f).Count() > 400);
        Assert.Empty(long_);
    }

    /// <summary>The formatter breaks code, not comments.</summary>
    [Fact]
    public void No_comment_is_wider_than_the_page() =>
        Assert.Empty(
            from folder in new[] { "src", "tests", "bench" }
            from file in Directory.EnumerateFiles(Repository.Path(folder), "*.cs", SearchOption.AllDirectories)
            where !file.Contains("/obj/") && !file.Contains("/bin/")
            from line in File.ReadLines(file)
            where line.Length > 140 && line.TrimStart().StartsWith("//", StringComparison.Ordinal)
            select $"{file}: {line.Trim()}"
        );
}
