using Deployment.Health;
using Deployment.Planning;
using Deployment.Runbooks;

namespace Deployment.Waves;

/// <summary>The waves of a pipeline, each with its targets.</summary>
internal sealed record WavePlan(WavesOptions Options, IReadOnlyList<PlannedWave> Waves)
{
    /// <summary>Plans wave after wave.</summary>
    /// <param name="root">Where they stand.</param>
    /// <param name="contexts">What is planned, by target; targets that are not among them have been done by an earlier run.</param>
    /// <param name="plan">Plans one target.</param>
    /// <param name="subjectOf">What is looked at on a target that was done; null where nothing is.</param>
    /// <param name="verify">Looks at one target again; null when nothing can tell that it is well.</param>
    internal void Plan(
        RunbookBuilder root,
        IReadOnlyDictionary<string, StrategyContext> contexts,
        Action<StrategyContext, RunbookBuilder> plan,
        Func<StrategyContext, CheckSubject?> subjectOf,
        Action<CheckSubject, RunbookBuilder>? verify)
    {
        PlannedWave[] waves = [.. Waves.Select(wave => wave with { Targets = [.. wave.Targets.Where(contexts.ContainsKey)] }).Where(wave => wave.Targets.Count > 0)];
        for (int i = 0; i < waves.Length; i++)
        {
            Wave wave = waves[i].Wave;
            if (wave.ApprovalBy is { } role)
            {
                root.Approval($"Go/No-Go by {role} before the wave {wave.Name}", role);
            }

            LanePolicy policy = Options.PolicyOf(wave);
            root.Parallel($"wave {wave.Name}", policy, Lanes(waves[i].Targets, name => name, (name, lane) => plan(contexts[name], lane)));
            if (i < waves.Length - 1 && Options.BakeOf(wave) is var bake && bake > TimeSpan.Zero)
            {
                CheckSubject[] subjects = [.. waves[i].Targets.Select(name => subjectOf(contexts[name])).OfType<CheckSubject>()];
                root.Bake($"Watch the wave {wave.Name}", bake, $"The wave {waves[i + 1].Wave.Name} begins only when this one has stood for a while.", subjects);
                if (verify is not null)
                {
                    // A check that fails here takes everything back: no lane of this group has done anything that could be taken back alone.
                    root.Parallel($"look again at wave {wave.Name}", new LanePolicy { MaxConcurrency = policy.MaxConcurrency }, Lanes(subjects, subject => subject.Target, verify));
                }
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, Action<RunbookBuilder>>> Lanes<T>(IEnumerable<T> all, Func<T, string> nameOf, Action<T, RunbookBuilder> build) =>
        all.Select(one => KeyValuePair.Create<string, Action<RunbookBuilder>>(nameOf(one), lane => build(one, lane)));
}
