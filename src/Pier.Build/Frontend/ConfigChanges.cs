using System.Text;
using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Build.Dockerfiles.Lines;
using Pier.Build.Frontend.Checks;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Build.Frontend;

/// <summary>Dockerfile instructions that change a configuration alone: what `commit --change` and `import --change` take.</summary>
public static class ConfigChanges
{
    static readonly HashSet<string> Words =
    [
        "CMD",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "HEALTHCHECK",
        "LABEL",
        "ONBUILD",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ];

    /// <summary>
    /// Applies instructions in turn, one or several lines each; throws <see cref="InvalidParameterException"/> with Docker's texts.
    /// </summary>
    public static ContainerConfig Apply(ContainerConfig config, IReadOnlyList<string> instructions)
    {
        if (instructions.All(string.IsNullOrWhiteSpace))
            return config;
        try
        {
            // A configuration is changed as a build's stage changes the one that it stands on.
            var text = Encoding.UTF8.GetBytes("FROM scratch\n" + string.Join('\n', instructions));
            if (
                new LineReader(SourceText.From("--change", text), '\\')
                    .Read()
                    .Skip(1)
                    .FirstOrDefault(l => !Words.Contains(l.Word.ToUpperInvariant())) is
                { } other
            )
                throw new InvalidParameterException($"{other.Word} is not a valid change command");
            var file = Dockerfile.Parse("--change", text);
            return Apply(config, file, new DockerfileInput { Text = text });
        }
        catch (DockerfileException e) when (e.InnerException is InstructionException cause)
        {
            throw new InvalidParameterException(cause.Message);
        }
        catch (Exception e) when (e is DockerfileException or InstructionException)
        {
            throw new InvalidParameterException(e.Message);
        }
    }

    static ContainerConfig Apply(ContainerConfig config, Dockerfile file, DockerfileInput input)
    {
        var (budget, report) = (new WorkBudget(), new CheckReport(file, input));
        var globals = new GlobalScope(file, input, budget, report, new Places(file.Source));
        var compiler = new ConfigCompiler(globals, budget, report);
        var stage = new StageState(file.Stages[0], budget) { Platform = input.Platform, Config = config };
        stage.Variables.SetAll(config.Env ?? []);
        stage.ImageVariables.SetAll(config.Env ?? []);
        foreach (var instruction in file.Stages[0].Instructions)
        {
            if (instruction is WorkdirInstruction workdir)
                compiler.WorkingDirectory(stage, workdir);
            else
                compiler.Apply(stage, instruction);
        }
        return stage.Config;
    }
}
