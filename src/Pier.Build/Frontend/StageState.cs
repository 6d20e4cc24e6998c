using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Build.Graph;
using Pier.Model;

namespace Pier.Build.Frontend;

/// <summary>A stage on its way through its instructions: the tree, the configuration and the variables so far.</summary>
sealed class StageState(Stage stage, WorkBudget budget)
{
    public Stage Stage => stage;
    public int Index => stage.Index;
    public string? Name => stage.From.StageName;

    /// <summary>The expanded name of the image or stage that it stands on.</summary>
    public string BaseName { get; set; } = "";
    public required Platform Platform { get; set; }

    /// <summary>The stage that it stands on, or null.</summary>
    public StageState? Parent { get; set; }

    /// <summary>What --build-context put in its place, or null.</summary>
    public NamedContext? Replacement { get; set; }

    /// <summary>How progress names it: its name, "stage-1", or "" where the file has one stage alone.</summary>
    public string Label { get; set; } = "";

    /// <summary>The instructions, those that the base image left for it first; null until the base is known.</summary>
    public List<(Instruction Instruction, bool IsTrigger)>? Work { get; set; }

    /// <summary>Every instruction is done.</summary>
    public bool IsDone { get; set; }

    public Vertex Tree { get; set; } = null!;
    public ContainerConfig Config { get; set; } = new();
    public ImageConfig? BaseImage { get; set; }
    public string Author { get; set; } = "";

    /// <summary>What instructions and processes see: the image's environment and the arguments.</summary>
    public EnvironmentList Variables { get; set; } = new(budget);

    /// <summary>The environment that goes into the image.</summary>
    public EnvironmentList ImageVariables { get; set; } = new(budget);

    /// <summary>Arguments declared so far, by name; null where one has no value.</summary>
    public Dictionary<string, string?> Arguments { get; set; } = [];

    /// <summary>There was a CMD in this stage.</summary>
    public bool HasCommand { get; set; }
    public int Steps { get; set; }
    public int TotalSteps { get; set; }
    public List<BuildInstruction> Results { get; } = [];
}
