using Deployment.Health;

namespace Deployment.Testing;

/// <summary>A check that decides as a test scripted it. Its answers are given in turn; the last one repeats. Without any it passes.</summary>
public sealed class ScriptedCheck : Check
{
    private readonly Lock _lock = new();
    private readonly List<Func<CheckContext, CancellationToken, Task<Verdict>>> _answers = [];
    private readonly List<CheckSubject> _evaluations = [];
    private TimeSpan _delay;

    /// <summary>Creates a check.</summary>
    /// <param name="name">What people call it.</param>
    /// <param name="kind">What it decides; health by default.</param>
    /// <exception cref="DeploymentException">The name can't be used.</exception>
    public ScriptedCheck(string name, CheckKind kind = CheckKind.Health)
        : base(name, kind)
    {
    }

    /// <summary>What it was asked to judge, in order.</summary>
    public IReadOnlyList<CheckSubject> Evaluations
    {
        get
        {
            lock (_lock)
            {
                return [.. _evaluations];
            }
        }
    }

    /// <summary>Passes, as often as said.</summary>
    /// <param name="times">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public ScriptedCheck Passes(int times = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        for (int i = 0; i < times; i++)
        {
            Answers((_, _) => Task.FromResult(Verdict.Pass($"'{Name}' passes, as scripted.")));
        }

        return this;
    }

    /// <summary>Fails.</summary>
    public ScriptedCheck Fails(string reason) => Answers((_, _) => Task.FromResult(Verdict.Fail(reason)));

    /// <summary>Has too little data.</summary>
    public ScriptedCheck HasInsufficientData(string reason) => Answers((_, _) => Task.FromResult(Verdict.InsufficientData(reason)));

    /// <summary>Throws instead of deciding.</summary>
    public ScriptedCheck Throws(Exception exception) => Answers((_, _) => Task.FromException<Verdict>(exception));

    /// <summary>Never decides: it waits until it is cancelled.</summary>
    public ScriptedCheck Hangs() => Answers(async (context, cancellationToken) =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, context.TimeProvider, cancellationToken);
        return Verdict.InsufficientData("It hung.");
    });

    /// <summary>Decides by code.</summary>
    public ScriptedCheck Answers(Func<CheckContext, CancellationToken, Task<Verdict>> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        _answers.Add(answer);
        return this;
    }

    /// <summary>Takes this long for each answer, by the clock of the run.</summary>
    /// <param name="delay">0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0.</exception>
    public ScriptedCheck Taking(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        _delay = delay;
        return this;
    }

    /// <inheritdoc/>
    public override CheckDescription Describe(CheckSubject subject) => new([], "what the test scripted");

    /// <inheritdoc/>
    public override async Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        int number;
        lock (_lock)
        {
            number = _evaluations.Count;
            _evaluations.Add(context.Subject);
        }

        if (_delay > TimeSpan.Zero)
        {
            await Task.Delay(_delay, context.TimeProvider, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return _answers.Count == 0
            ? Verdict.Pass($"'{Name}' passes, as scripted.")
            : await _answers[Math.Min(number, _answers.Count - 1)](context, cancellationToken);
    }
}
