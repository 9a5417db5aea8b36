using Deployment.Releases;

namespace Deployment.Health;

/// <summary>Composes a <see cref="SmokeTest"/>.</summary>
public sealed class SmokeBuilder : ProbeBuilder<SmokeBuilder>
{
    private readonly SmokeTestOptions _options = new();

    internal SmokeBuilder()
    {
    }

    /// <summary>Sets how often it is tried.</summary>
    public SmokeBuilder With(Action<SmokeTestOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(_options);
        return this;
    }

    /// <summary>The check; null when something is wrong, all of which is added to the errors.</summary>
    internal Check? Build(string name, List<string> errors)
    {
        string what = $"smoke test '{Naming.Printable(name ?? "")}'";
        List<string> problems = [.. _options.Problems().Select(problem => $"{what}: {problem}")];
        if (Title.Problem("check", name) is { } title)
        {
            problems.Insert(0, title);
        }

        HealthProbe? probe = Single(what, problems);
        errors.AddRange(problems);
        return problems.Count == 0 ? new SmokeTest(name!, probe!, _options) : null;
    }
}
