using Deployment.Health;

namespace Deployment.Testing;

/// <summary>A check that passes unless the scenario says otherwise, and tells the watch what it looked at.</summary>
internal sealed class WatchedCheck(string name, CheckKind kind, StrategyWatch watch) : Check(name, kind)
{
    internal const string Health = "health";
    internal const string Smoke = "smoke";
    internal const string Last = "at the end";

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1);

    /// <summary>Whether a check is one of these: a strategy's own decides by itself.</summary>
    internal static bool IsOne(string name) => name is Health or Smoke or Last;

    public override CheckDescription Describe(CheckSubject subject) => new([], "what the scenario says");

    public override async Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        await Task.Delay(Duration, context.TimeProvider, cancellationToken);
        return watch.Check(Name, context.Subject) ? Verdict.Pass("It is well.") : Verdict.Fail("The scenario says so.");
    }
}
