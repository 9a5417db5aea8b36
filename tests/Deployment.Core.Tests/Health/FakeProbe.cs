using Deployment.Health;

namespace Deployment.Tests.Health;

/// <summary>Answers by a function of the number of the look (from 1).</summary>
internal sealed class FakeProbe(Func<int, CheckContext, CancellationToken, Task<string?>> answer) : HealthProbe
{
    internal FakeProbe(Func<int, string?> answer)
        : this((look, _, _) => Task.FromResult(answer(look)))
    {
    }

    internal List<TimeSpan> Looks { get; } = [];

    /// <summary>Ends when it is cancelled and not before, without a hop to another thread.</summary>
    internal static Task<string?> HangAsync(CancellationToken cancellationToken)
    {
        var never = new TaskCompletionSource<string?>();
        cancellationToken.Register(() => never.TrySetCanceled(cancellationToken));
        return never.Task;
    }

    public override CheckDescription Describe(CheckSubject subject, TimeSpan timeout) => new(["look"], "all is well");

    public override Task<string?> TryAsync(CheckContext context, CancellationToken cancellationToken)
    {
        Looks.Add(TimeSpan.FromTicks(context.TimeProvider.GetTimestamp()));
        return answer(Looks.Count, context, cancellationToken);
    }
}
