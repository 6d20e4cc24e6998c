using System.Text;
using Pier.Build.Frontend;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.UnitTests.Build;

/// <summary>Every shape of tests/shapes against its golden plan: PIER_GOLDEN=write writes them anew.</summary>
public class ShapeTests
{
    public static TheoryData<string> Shapes() => [.. Names];

    static IEnumerable<string> Names =>
        Directory
            .GetDirectories(Repository.Path("tests/shapes"))
            .Where(d => File.Exists(d + "/Dockerfile"))
            .Select(d => Path.GetFileName(d)!)
            .Order(StringComparer.Ordinal);

    [Fact]
    public void There_are_many() => Assert.True(Names.Count() >= 25);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Is_planned_as_it_should(string name)
    {
        var directory = Repository.Path("tests/shapes/" + name);
        var planning = new Planning();
        foreach (var (image, changes) in Bases())
            planning.Images[Planning.Full(image)] = ConfigChanges.Apply(
                new ContainerConfig { Env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] },
                changes
            );
        var ignore = directory + "/.dockerignore";
        var plan = planning.Plan(
            File.ReadAllText(directory + "/Dockerfile"),
            i =>
                i with
                {
                    Arguments = Arguments(directory + "/arguments"),
                    Excludes = File.Exists(ignore) ? IgnoreFile.Parse(File.ReadAllBytes(ignore)) : [],
                }
        );
        Golden.Check($"build/{name}.txt", PlanText.Of(plan));
        Assert.All(planning.Asked, a => Assert.Contains(Planning.Full(a.Split(' ')[0]), planning.Images.Keys));
    }

    [Fact]
    public void Every_shape_says_what_it_prints() =>
        Assert.All(Names, row => Assert.NotEqual("", File.ReadAllText(Repository.Path($"tests/shapes/{row}/expected"))));

    static IEnumerable<(string Image, string[] Changes)> Bases() =>
        File.ReadLines(Repository.Path("tests/shapes/bases.txt"))
            .Where(l => !l.StartsWith('#'))
            .Select(l => l.Split('\t'))
            .Select(f => (f[0], f[2..]));

    static Dictionary<string, string?> Arguments(string file)
    {
        if (!File.Exists(file))
            return [];
        var words = File.ReadAllText(file).Split(default(char[]), StringSplitOptions.RemoveEmptyEntries);
        return words.Where(w => w != "--build-arg").Select(w => w.Split('=', 2)).ToDictionary(w => w[0], w => (string?)w[1]);
    }
}
