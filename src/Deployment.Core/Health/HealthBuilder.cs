using Deployment.Releases;

namespace Deployment.Health;

/// <summary>Composes a <see cref="Deployment.Health.HealthCheck"/>.</summary>
public sealed class HealthBuilder : ProbeBuilder<HealthBuilder>
{
    private readonly HealthCheckOptions _options = new();

    internal HealthBuilder()
    {
    }

    /// <summary>Sets how often it looks and when it decides.</summary>
    public HealthBuilder With(Action<HealthCheckOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(_options);
        return this;
    }

    /// <summary>The check; null when something is wrong, all of which is added to the errors.</summary>
    internal Check? Build(string name, List<string> errors)
    {
        string what = $"health check '{Naming.Printable(name ?? "")}'";
        List<string> problems = [.. _options.Problems().Select(problem => $"{what}: {problem}")];
        if (Title.Problem("check", name) is { } title)
        {
            problems.Insert(0, title);
        }

        HealthProbe? probe = Single(what, problems);
        errors.AddRange(problems);
        return problems.Count == 0 ? new HealthCheck(name!, probe!, _options) : null;
    }
}
