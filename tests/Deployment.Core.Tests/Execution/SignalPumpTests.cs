using System.Net.Sockets;
using Deployment.Store;
using Deployment.Tests.Store;

namespace Deployment.Tests.Execution;

[Category("Unit")]
public sealed class SignalPumpTests
{
    private static readonly Exception[] Troubles =
    [
        // What a client of the store throws when its own request timed out: nobody asked the run to stop.
        new TaskCanceledException("The request was cancelled."),
        new SocketException((int)SocketError.ConnectionReset),
        new DeploymentException("The inbox is in maintenance."),
    ];

    [TestCaseSource(nameof(Troubles))]
    public void Pump_InboxCannotBeReadForAWhile_TakesTheSignalAfterwards(Exception trouble)
    {
        var world = new World { Configure = pipeline => pipeline.UseBlueGreen().RequireApproval(timeout: TimeSpan.FromHours(1)) };
        int looks = 0;
        var store = new DeafStore(world.Store, () => ++looks <= 20 ? trouble : null);

        DeploymentResult result = world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = world.Pipeline(more: builder => builder.UseStore(store));
            Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.0.0"));
            RunRecord run = world.RunOf("1.0.0")!;
            await pipeline.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        looks.Should().BeGreaterThan(20, "the inbox was unreadable at first");
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.SignalTaken);
    }

    private sealed class DeafStore(IDeploymentStore right, Func<Exception?> trouble) : WrongStore(right)
    {
        public override Task<IReadOnlyList<NumberedSignal>> ReadSignalsAsync(string runId, long after, CancellationToken cancellationToken) =>
            trouble() is { } error ? Task.FromException<IReadOnlyList<NumberedSignal>>(error) : base.ReadSignalsAsync(runId, after, cancellationToken);
    }
}
