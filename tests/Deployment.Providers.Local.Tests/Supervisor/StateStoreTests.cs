using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Supervisor;

namespace Deployment.Providers.Local.Tests.Supervisor;

/// <summary>What the supervisor knows is what its file says, also when that could not be written for a while.</summary>
[Category("Local")]
public sealed class StateStoreTests
{
    private StateFolder _folder = null!;
    private StateStore _store = null!;

    [SetUp]
    public void MakeStore()
    {
        _folder = new StateFolder(Directory.CreateTempSubdirectory("dt-").FullName);
        _store = new StateStore(_folder);
        _store.Update(state => state.NextSpawn = 7);
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder.Path, recursive: true);

    [Test]
    public void Update_TheFileCannotBeWritten_DidNotHappen()
    {
        BreakFile();

        UpdateFails(state => state.NextSpawn = 8);

        _store.Current.NextSpawn.Should().Be(7);
        MendFile();
        _store.Update(state => state.NextSpawn += 2);
        (_store.Current.NextSpawn, StateStore.Read(_folder)!.NextSpawn).Should().Be((9, 9));
    }

    [Test]
    public void Update_NothingChangesAfterAFailedWrite_IsWrittenUntilThatSucceeds()
    {
        BreakFile();
        UpdateFails(state => state.NextSpawn = 8);

        UpdateFails(Nothing);
        MendFile();
        _store.Update(Nothing);

        StateStore.Read(_folder)!.NextSpawn.Should().Be(7, "after the failure nobody knew what the file had");
    }

    /// <summary>The control: where no write failed, what changes nothing costs no write.</summary>
    [Test]
    public void Update_NothingChanges_IsNotWritten()
    {
        File.Delete(_folder.State);

        _store.Update(Nothing);

        File.Exists(_folder.State).Should().BeFalse();
    }

    private static void Nothing(SupervisorState state)
    {
    }

    private void BreakFile()
    {
        File.Delete(_folder.State);
        Directory.CreateDirectory(Path.Combine(_folder.State, "in the way"));
    }

    private void MendFile() => Directory.Delete(_folder.State, recursive: true);

    private void UpdateFails(Action<SupervisorState> change) =>
        FluentActions.Invoking(() => _store.Update(change)).Should().Throw<Exception>().Which.Should().Match<Exception>(error => error is IOException || error is UnauthorizedAccessException);
}
