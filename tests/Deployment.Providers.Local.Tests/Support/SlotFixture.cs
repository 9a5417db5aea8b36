using System.Globalization;
using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>A target of three instances whose slots are replaced.</summary>
public abstract class SlotFixture : LocalFixture
{
    protected HttpClient Client { get; } = new();

    protected LocalTarget Three { get; private set; } = null!;

    [SetUp]
    public void MakeThree() => Three = Of(_ => { });

    [OneTimeTearDown]
    public void DisposeClient() => Client.Dispose();

    protected LocalTarget Of(Action<LocalTargetOptions> configure) => Listening(options =>
    {
        options.Instances = 3;
        configure(options);
    });

    /// <summary>All three slots have the first version, as a first deployment leaves them.</summary>
    protected Task FillAsync(LocalTarget? target = null) => RunAsync((target ?? Three).Replace(["1", "2", "3"], App(1)), target: target ?? Three);

    protected async Task<string> SlotsAsync() => (await Three.ObserveAsync(CancellationToken.None)).Slots.ToString();

    protected static string Slots(params int[] versions) => new SlotTable(versions
        .Select((version, index) => (Slot: (index + 1).ToString(CultureInfo.InvariantCulture), version))
        .Where(slot => slot.version > 0)
        .Select(slot => KeyValuePair.Create(slot.Slot, Id(slot.version)))).ToString();

    /// <summary>How often each process answered, over one connection.</summary>
    protected async Task<Dictionary<string, int>> TurnsAsync(int requests)
    {
        var turns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int request = 0; request < requests; request++)
        {
            string pid = await Client.GetStringAsync(Public("/pid"));
            turns[pid] = turns.GetValueOrDefault(pid) + 1;
        }

        return turns;
    }

    /// <summary>The process in each slot, as the target's own record has it.</summary>
    protected async Task<IReadOnlyDictionary<int, int>> ProcessesAsync() => (await Host.StatusAsync(CancellationToken.None))
        .Where(instance => instance.ProcessId is not null)
        .ToDictionary(instance => instance.Slot, instance => instance.ProcessId!.Value);

    protected async Task KillSupervisorAsync()
    {
        using var client = new SupervisorClient(Folder);
        SupervisorStatus status = (await client.StatusAsync(CancellationToken.None))!;
        Kill(status.ProcessId);
        await UntilAsync(async () => await client.StatusAsync(CancellationToken.None) is null, "the supervisor is gone");
    }
}
