using Deployment.Store;

namespace Deployment.Testing;

internal static class ClaimCases
{
    internal static IReadOnlyList<StorePromise> All { get; } =
    [
        new("Claims_Free_AreAllTaken", FreeAreTaken),
        new("Claims_OneInTheWay_TakesNone", AllOrNone),
        new("Claims_OfTheSameRun_AreNoObstacle", Idempotent),
        new("Claims_Released_AreFreeAgain", ReleasedAreFree),
        new("Claims_ReleasedOfOneRun_LeaveTheOthers", OthersStay),
        new("Claims_TakenAndReleasedOften_StayRight", Often),
    ];

    private static async Task FreeAreTaken(StoreTrial trial)
    {
        trial.Holds((await trial.First.ListClaimsAsync(trial.Cancellation)).Count == 0, "an empty store has a claim");
        trial.Holds(await ClaimAsync(trial, "run-1", "web", "db") is null, "free targets could not be claimed");
        await HasAsync(trial, ("db", "run-1"), ("web", "run-1"));
        IReadOnlyList<Claim> claims = await trial.Second.ListClaimsAsync(trial.Cancellation);
        trial.Holds(claims.All(claim => claim.Since == StoreTrial.Noon), "they have another time");
    }

    private static async Task AllOrNone(StoreTrial trial)
    {
        await ClaimAsync(trial, "run-1", "web", "db");
        Claim? inTheWay = await trial.Second.TryClaimAsync("run-2", ["cache", "db", "web"], StoreTrial.Noon, trial.Cancellation);
        trial.Holds(inTheWay is { Target: "db", RunId: "run-1" }, $"the claim in the way is {inTheWay}");
        await HasAsync(trial, ("db", "run-1"), ("web", "run-1"));
    }

    private static async Task Idempotent(StoreTrial trial)
    {
        await ClaimAsync(trial, "run-1", "web");
        trial.Holds(await ClaimAsync(trial, "run-1", "web") is null, "a run is in its own way");
        trial.Holds(await ClaimAsync(trial, "run-1", "db", "web", "db") is null, "a run is in its own way");
        await HasAsync(trial, ("db", "run-1"), ("web", "run-1"));
    }

    private static async Task ReleasedAreFree(StoreTrial trial)
    {
        await ClaimAsync(trial, "run-1", "web");
        await trial.Second.ReleaseClaimsAsync("run-1", trial.Cancellation);
        await trial.Second.ReleaseClaimsAsync("run-1", trial.Cancellation);
        await HasAsync(trial);
        trial.Holds(await ClaimAsync(trial, "run-2", "web") is null, "a released target could not be claimed");
    }

    private static async Task OthersStay(StoreTrial trial)
    {
        await ClaimAsync(trial, "run-1", "web");
        await ClaimAsync(trial, "run-2", "db");
        await trial.First.ReleaseClaimsAsync("run-1", trial.Cancellation);
        await HasAsync(trial, ("db", "run-2"));
    }

    private static async Task Often(StoreTrial trial)
    {
        for (int number = 1; number <= 40; number++)
        {
            trial.Holds(await ClaimAsync(trial, "run-1", "web") is null, "a released target could not be claimed");
            trial.Holds(await trial.Second.TryClaimAsync("run-2", ["web"], StoreTrial.Noon, trial.Cancellation) is { RunId: "run-1" }, "two runs hold one target");
            await trial.Second.ReleaseClaimsAsync("run-1", trial.Cancellation);
        }

        await HasAsync(trial);
    }

    private static Task<Claim?> ClaimAsync(StoreTrial trial, string runId, params string[] targets) =>
        trial.First.TryClaimAsync(runId, targets, StoreTrial.Noon, trial.Cancellation);

    private static async Task HasAsync(StoreTrial trial, params (string Target, string RunId)[] expected)
    {
        IReadOnlyList<Claim> claims = await trial.Second.ListClaimsAsync(trial.Cancellation);
        trial.Holds(
            claims.Select(claim => (claim.Target, claim.RunId)).Order().SequenceEqual(expected),
            $"the claims are {string.Join(", ", claims)}");
    }
}
