using Deployment.Store;

namespace Deployment.Testing;

internal static class LeaseCases
{
    internal static IReadOnlyList<StorePromise> All { get; } =
    [
        new("Lease_NeverTaken_IsNull", NeverTaken),
        new("Lease_Taken_IsTheFirstTurn", FirstTurn),
        new("Lease_TakenAgain_HasTheNextTurnAndAHigherEpoch", TakenAgain),
        new("Lease_TwoTakersSawTheSame_OneWins", TwoTakers),
        new("Lease_BeatAgain_RefusesATaker", BeatRefuses),
        new("Lease_ReleasedMeanwhile_RefusesATaker", ReleasedRefuses),
        new("Lease_Renewed_Beats", RenewedBeats),
        new("Lease_Lost_IsNotRenewed", LostNotRenewed),
        new("Lease_Released_ShowsAndIsNotRenewed", Released),
        new("Lease_LostOneReleased_ChangesNothing", LostOneReleased),
        new("Epoch_OverAllRuns_Grows", EpochGrows),
    ];

    private static async Task NeverTaken(StoreTrial trial)
    {
        trial.Holds(await trial.First.ReadLeaseAsync("run-0", trial.Cancellation) is null, "a run that isn't there has a lease");
        await trial.First.CreateRunAsync(StoreTrial.Run("run-1"), trial.Cancellation);
        trial.Holds(await trial.First.ReadLeaseAsync("run-1", trial.Cancellation) is null, "a run that nobody drove has a lease");
    }

    private static async Task FirstTurn(StoreTrial trial)
    {
        LeaseState taken = await trial.CreateAndTakeAsync("run-1");
        trial.Holds(taken is { Turn: 1, Epoch: >= 1, Holder: "taker", Released: false }, $"it is {taken}");
        LeaseState? read = await trial.Second.ReadLeaseAsync("run-1", trial.Cancellation);
        trial.Holds(read == taken, $"{taken} was taken and {read} read");
    }

    private static async Task TakenAgain(StoreTrial trial)
    {
        LeaseState first = await trial.CreateAndTakeAsync("run-1");
        LeaseState second = await trial.TakeAsync(trial.Second, "run-1");
        trial.Holds(second.Turn == 2 && second.Epoch > first.Epoch, $"after {first} it is {second}");
        trial.Holds(await trial.First.ReadLeaseAsync("run-1", trial.Cancellation) == second, "the new lease isn't what is read");
    }

    private static async Task TwoTakers(StoreTrial trial)
    {
        LeaseState seen = await trial.CreateAndTakeAsync("run-1");
        LeaseState? first = await trial.First.TryTakeLeaseAsync("run-1", seen, "one", trial.Cancellation);
        LeaseState? second = await trial.Second.TryTakeLeaseAsync("run-1", seen, "two", trial.Cancellation);
        trial.Holds(first is not null && second is null, $"the first got {first} and the second {second}");
        LeaseState? late = await trial.Second.TryTakeLeaseAsync("run-1", null, "two", trial.Cancellation);
        trial.Holds(late is null, "a taker who saw no lease got one that was taken");
        trial.Holds(await trial.Second.ReadLeaseAsync("run-1", trial.Cancellation) == first, "the loser changed the lease");
    }

    private static async Task BeatRefuses(StoreTrial trial)
    {
        LeaseState seen = await trial.CreateAndTakeAsync("run-1");
        trial.Holds(await trial.First.RenewLeaseAsync("run-1", seen.Epoch, trial.Cancellation), "a lease that is held was not renewed");
        LeaseState? taken = await trial.Second.TryTakeLeaseAsync("run-1", seen, "two", trial.Cancellation);
        trial.Holds(taken is null, "a lease was taken although its holder beat again");
        trial.Holds(await trial.First.RenewLeaseAsync("run-1", seen.Epoch, trial.Cancellation), "the holder lost it");
    }

    private static async Task ReleasedRefuses(StoreTrial trial)
    {
        LeaseState seen = await trial.CreateAndTakeAsync("run-1");
        await trial.First.ReleaseLeaseAsync("run-1", seen.Epoch, trial.Cancellation);
        LeaseState? taken = await trial.Second.TryTakeLeaseAsync("run-1", seen, "two", trial.Cancellation);
        trial.Holds(taken is null, "a lease was taken although it is no longer as it was seen");
        await trial.TakeAsync(trial.Second, "run-1");
    }

    private static async Task RenewedBeats(StoreTrial trial)
    {
        LeaseState lease = await trial.CreateAndTakeAsync("run-1");
        for (int time = 1; time <= 12; time++)
        {
            trial.Holds(await trial.First.RenewLeaseAsync("run-1", lease.Epoch, trial.Cancellation), "a lease that is held was not renewed");
            LeaseState? read = await trial.Second.ReadLeaseAsync("run-1", trial.Cancellation);
            trial.Holds(read is not null && read.Beat > lease.Beat && read with { Beat = 0, BeatAt = null } == lease with { Beat = 0, BeatAt = null }, $"after {lease} it is {read}");
            lease = read!;
        }
    }

    private static async Task LostNotRenewed(StoreTrial trial)
    {
        await trial.First.CreateRunAsync(StoreTrial.Run("run-1"), trial.Cancellation);
        trial.Holds(!await trial.First.RenewLeaseAsync("run-1", 1, trial.Cancellation), "a lease that nobody took was renewed");
        LeaseState lost = await trial.TakeAsync(trial.First, "run-1");
        LeaseState held = await trial.TakeAsync(trial.Second, "run-1");
        trial.Holds(!await trial.First.RenewLeaseAsync("run-1", lost.Epoch, trial.Cancellation), "a lost lease was renewed");
        trial.Holds(await trial.Second.ReadLeaseAsync("run-1", trial.Cancellation) == held, "its renewal changed the lease that is held");
        trial.Holds(await trial.Second.RenewLeaseAsync("run-1", held.Epoch, trial.Cancellation), "the lease that is held was not renewed");
    }

    private static async Task Released(StoreTrial trial)
    {
        LeaseState lease = await trial.CreateAndTakeAsync("run-1");
        await trial.First.ReleaseLeaseAsync("run-1", lease.Epoch, trial.Cancellation);
        await trial.First.ReleaseLeaseAsync("run-1", lease.Epoch, trial.Cancellation);
        LeaseState? read = await trial.Second.ReadLeaseAsync("run-1", trial.Cancellation);
        trial.Holds(read == lease with { Released = true }, $"after {lease} it is {read}");
        trial.Holds(!await trial.First.RenewLeaseAsync("run-1", lease.Epoch, trial.Cancellation), "a released lease was renewed");
    }

    private static async Task LostOneReleased(StoreTrial trial)
    {
        LeaseState lost = await trial.CreateAndTakeAsync("run-1");
        LeaseState held = await trial.TakeAsync(trial.Second, "run-1");
        await trial.First.ReleaseLeaseAsync("run-1", lost.Epoch, trial.Cancellation);
        trial.Holds(await trial.Second.ReadLeaseAsync("run-1", trial.Cancellation) == held, "the lease that is held was changed");
    }

    private static async Task EpochGrows(StoreTrial trial)
    {
        long highest = 0;
        for (int number = 1; number <= 40; number++)
        {
            string run = number % 2 == 0 ? "run-even" : "run-odd";
            LeaseState lease = number <= 2 ? await trial.CreateAndTakeAsync(run) : await trial.TakeAsync(number % 3 == 0 ? trial.First : trial.Second, run);
            trial.Holds(lease.Epoch > highest, $"after epoch {highest} came {lease.Epoch}");
            highest = lease.Epoch;
        }
    }
}
