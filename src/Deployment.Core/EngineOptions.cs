namespace Deployment;

/// <summary>How the engine drives runs.</summary>
public sealed class EngineOptions
{
    /// <summary>
    /// How long a run's lease lasts without a heartbeat; a process that takes over a crashed run waits this long. It beats three times a term.
    /// From 100 milliseconds to 10 minutes; default 10 seconds.
    /// </summary>
    public TimeSpan LeaseTerm { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the inbox of signals is looked at. From 10 milliseconds to 1 minute; default 500 milliseconds.</summary>
    public TimeSpan SignalInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a running effect may go on after an abort before it is cancelled. From 0 to 1 hour; default 30 seconds.</summary>
    public TimeSpan AbortGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What cancelling the token of a deployment asks for. Default <see cref="CancellationPolicy.RollBack"/>.</summary>
    public CancellationPolicy OnCancellation { get; set; } = CancellationPolicy.RollBack;

    /// <summary>
    /// When what a check found holds the run, or a report pauses it: how long after the rollback owner the backup owner is told, by <see cref="DeploymentPipelineBuilder.Notify"/>. From 0 to 24 hours; default 15 minutes.
    /// </summary>
    public TimeSpan EscalateAfter { get; set; } = TimeSpan.FromMinutes(15);

    internal EngineOptions Copy() => new()
    {
        LeaseTerm = LeaseTerm,
        SignalInterval = SignalInterval,
        AbortGrace = AbortGrace,
        OnCancellation = OnCancellation,
        EscalateAfter = EscalateAfter,
    };

    internal IEnumerable<string> Validate()
    {
        return Check(nameof(LeaseTerm), LeaseTerm, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10))
            .Concat(Check(nameof(SignalInterval), SignalInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)))
            .Concat(Check(nameof(AbortGrace), AbortGrace, TimeSpan.Zero, TimeSpan.FromHours(1)))
            .Concat(Check(nameof(EscalateAfter), EscalateAfter, TimeSpan.Zero, TimeSpan.FromHours(24)))
            .Concat(Enum.IsDefined(OnCancellation) ? [] : [$"{nameof(OnCancellation)} is {(int)OnCancellation}, which is no policy."]);
    }

    private static IEnumerable<string> Check(string name, TimeSpan value, TimeSpan least, TimeSpan most) =>
        value >= least && value <= most ? [] : [$"{name} is {value}; it must be {least} to {most}."];
}
