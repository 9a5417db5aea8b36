using Deployment.Providers.Local.Tests.Support;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests;

/// <summary>Instances that are replaced one by one.</summary>
public sealed class SlotTests : SlotFixture
{
    [Test]
    public void Slots_OneForEachInstanceAndAsManyBesides()
    {
        Three.Slots.Should().Equal("1", "2", "3");
        Three.SurgeSlots.Should().Equal("4", "5", "6");
    }

    [TestCase("0")]
    [TestCase("129")]
    [TestCase("-1")]
    [TestCase("one")]
    public void Replace_NoSlot_IsRefused(string slot) =>
        FluentActions.Invoking(() => Three.Replace([slot], App(1))).Should().Throw<DeploymentException>().WithMessage($"*'{slot}' is no slot*1 to 128*");

    [Test]
    public async Task Replace_SomeSlots_RequestsAreSpreadEvenlyOverTheInstances()
    {
        await FillAsync();
        IReadOnlyDictionary<int, int> before = await ProcessesAsync();

        await RunAsync(Three.Replace(["2", "4"], App(2)), target: Three);

        Observation seen = await Three.ObserveAsync(CancellationToken.None);
        seen.Slots.ToString().Should().Be(Slots(1, 2, 1, 2));
        seen.Traffic.Should().Be(seen.Slots.Traffic);
        IReadOnlyDictionary<int, int> after = await ProcessesAsync();
        after[1].Should().Be(before[1]);
        after[3].Should().Be(before[3], "the other slots are not touched");
        (await TurnsAsync(40)).Should().HaveCount(4).And.OnlyContain(turns => turns.Value == 10);

        await RunAsync(Three.Replace(["2", "4"], App(2)), target: Three);
        (await ProcessesAsync()).Should().Equal(after, "what has the revision already is left alone");
        await RunAsync(Three.Vacate(["4"]), target: Three);
        await RunAsync(Three.Vacate(["4"]), target: Three);
        (await SlotsAsync()).Should().Be(Slots(1, 2, 1));
        (await TurnsAsync(30)).Should().HaveCount(3).And.OnlyContain(turns => turns.Value == 10);
    }

    [Test]
    public async Task Replace_LastSlotOfARevision_RemovesItAndBringsItBackAsItWas()
    {
        Secrets.Values["key"] = "hunter22";
        Revision first = App(1) with { Release = App(1).Release.WithSecret("API_KEY", "key") };
        await RunAsync(Three.Replace(["1", "2", "3"], first), target: Three);

        await RunAsync(Three.Replace(["1", "2", "3"], App(2)), target: Three);

        Observation seen = await Three.ObserveAsync(CancellationToken.None);
        seen.Revisions.Should().ContainSingle().Which.Should().Match<ObservedRevision>(revision => revision.Id == Id(2) && revision.Instances == 3);
        File.Exists(Folder.Secrets(Three.Name, Id(1).ToString())).Should().BeFalse("what is removed leaves no secret");

        LocalTarget other = Of(options => options.StopGrace = TimeSpan.FromSeconds(1));
        await RunAsync(other.Replace(["1", "2", "3"], first), target: other);
        (await SlotsAsync()).Should().Be(Slots(1, 1, 1));
        (await Client.GetStringAsync(Public("/environment"))).Should().Contain("hunter22");
        File.ReadAllText(Folder.State).Should().Contain("\"stopSeconds\":10").And.NotContain("\"stopSeconds\":1,", "a revision is run as it was installed first");
    }

    [Test]
    public async Task Replace_NeverReady_LeavesTheSlotsEmptyAndTellsWhichInstanceAndWhatItSaid()
    {
        await FillAsync();
        LocalTarget hasty = Of(options => options.StartTimeout = TimeSpan.FromSeconds(1));

        string message = (await FluentActions.Awaiting(() => RunAsync(hasty.Replace(["1", "2"], App(2, "mute")), target: hasty)).Should().ThrowAsync<DeploymentException>()).Which.Message;

        message.Should().MatchRegex($"Instance [12] of {Id(2)} .*did not listen").And.Contain("never going to listen").And.Contain(".log");
        Observation seen = await Three.ObserveAsync(CancellationToken.None);
        seen.Slots.ToString().Should().Be(Slots(0, 0, 1));
        seen.Traffic.Should().Be(TrafficSplit.AllTo(Id(1)));
        seen.Revisions.Should().ContainSingle().Which.Should().Match<ObservedRevision>(revision => revision.Id == Id(1) && revision.Instances == 1);
        (await Host.StatusAsync(CancellationToken.None)).Should().ContainSingle().Which.Slot.Should().Be(3);
        (await Client.GetStringAsync(Public())).Should().Be("v1");

        await RunAsync(hasty.Replace(["1", "2"], App(1)), target: hasty);
        (await SlotsAsync()).Should().Be(Slots(1, 1, 1));
    }

    [Test]
    public async Task Replace_ProgramIsNotThere_CostsNoCapacity()
    {
        await FillAsync();
        IReadOnlyDictionary<int, int> before = await ProcessesAsync();
        var broken = new Revision(Id(2), Release.Of("shop", "2.0.0", Artifact.Process("no-such-program-here")));

        (await FluentActions.Awaiting(() => RunAsync(Three.Replace(["1", "2", "3"], broken), target: Three)).Should().ThrowAsync<DeploymentException>()).Which.Message.Should().Contain("no-such-program-here");

        (await SlotsAsync()).Should().Be(Slots(1, 1, 1));
        (await ProcessesAsync()).Should().Equal(before);
        (await TurnsAsync(9)).Should().HaveCount(3);
    }

    [Test]
    public async Task Replace_RevisionsShareByWeight_IsRefused()
    {
        await InstallAndRouteAsync(1);
        await RunAsync(Target.Install(App(2)));
        await RunAsync(Target.Route(new TrafficSplit([KeyValuePair.Create(Id(1), 60), KeyValuePair.Create(Id(2), 40)])));
        (await ObserveAsync()).Slots.Count.Should().Be(0);

        (await FluentActions.Awaiting(() => RunAsync(Target.Replace(["1"], App(3)))).Should().ThrowAsync<DeploymentException>()).Which.Message.Should().Contain("share the traffic by weight");

        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(2))));
        (await FluentActions.Awaiting(() => RunAsync(Target.Replace(["1"], App(1)))).Should().ThrowAsync<DeploymentException>()).Which.Message.Should().Contain("without traffic");
        (await Client.GetStringAsync(Public())).Should().Be("v2");
    }

    // One target, one strategy after the other.
    [Test]
    public async Task Replace_ThenRouteAndUpdate_EachGoesOnFromWhatTheOtherLeft()
    {
        await RunAsync(Three.Install(App(1)), target: Three);
        await RunAsync(Three.Route(TrafficSplit.AllTo(Id(1))), target: Three);
        (await SlotsAsync()).Should().Be(Slots(1, 1, 1), "what has all traffic has all its slots");

        await RunAsync(Three.Replace(["1"], App(2)), target: Three);
        (await SlotsAsync()).Should().Be(Slots(2, 1, 1));
        await RunAsync(Three.Install(App(3)), target: Three);
        await RunAsync(Three.Route(TrafficSplit.AllTo(Id(3))), target: Three);
        (await SlotsAsync()).Should().Be(Slots(3, 3, 3));
        (await TurnsAsync(9)).Should().HaveCount(3);
        await RunAsync(Three.Remove(Id(2)), target: Three);

        await RunAsync(Three.Replace(["3"], App(4)), target: Three);
        (await SlotsAsync()).Should().Be(Slots(3, 3, 4));
        await RunAsync(Three.Update(App(4)), target: Three);
        (await SlotsAsync()).Should().Be(Slots(4, 4, 4), "an update in place starts what is missing");
        (await TurnsAsync(9)).Should().HaveCount(3);
        await RunAsync(Three.Clear(Id(4)), target: Three);
        (await Three.ObserveAsync(CancellationToken.None)).Revisions.Should().BeEmpty();
    }

    [Test]
    public async Task Vacate_EverySlot_LeavesNothingAndAnswers503()
    {
        await RunAsync(Three.Vacate(["1"]), target: Three);
        LocalTarget without = Of(options => options.HoldRequests = TimeSpan.Zero);
        await FillAsync();

        await RunAsync(without.Vacate(["1", "2", "3"]), target: without);

        Observation seen = await Three.ObserveAsync(CancellationToken.None);
        seen.Revisions.Should().BeEmpty();
        seen.Traffic.IsEmpty.Should().BeTrue();
        (await Client.GetAsync(Public())).StatusCode.Should().Be(System.Net.HttpStatusCode.ServiceUnavailable);
        await FillAsync();
        (await Client.GetStringAsync(Public())).Should().Be("v1");
    }
}
