using Deployment.Store;

namespace Deployment.Tests.Store;

[Category("Unit")]
public sealed class StoreConformanceTests
{
    private static readonly List<TemporaryFolder> Folders = [];
    private static readonly List<LosingDisk> Disks = [];

    public static IReadOnlyList<StoreConformanceCase> OnFiles { get; } = new DeploymentStoreConformance(
        () =>
        {
            var folder = new TemporaryFolder();
            Folders.Add(folder);
            return new FileDeploymentStore(folder.In("not", "yet", "there"));
        },
        store => new FileDeploymentStore(((FileDeploymentStore)store).Folder)).Cases;

    public static IReadOnlyList<StoreConformanceCase> OnALosingDisk { get; } = new DeploymentStoreConformance(
        () =>
        {
            Disks.Add(new LosingDisk(new Random(1)));
            return Disks[^1].OpenStore(TimeProvider.System);
        },
        _ => Disks[^1].OpenStore(TimeProvider.System)).Cases;

    public static IReadOnlyList<StoreConformanceCase> InMemory { get; } = new DeploymentStoreConformance(() => new InMemoryDeploymentStore()).Cases;

    [OneTimeTearDown]
    public void DeleteFolders() => Folders.ForEach(folder => folder.Dispose());

    [TestCaseSource(nameof(OnFiles))]
    public Task FileStore_Conforms(StoreConformanceCase conformance) => conformance.RunAsync(default);

    [TestCaseSource(nameof(OnALosingDisk))]
    public Task FileStoreOnALosingDisk_Conforms(StoreConformanceCase conformance) => conformance.RunAsync(default);

    [TestCaseSource(nameof(InMemory))]
    public Task InMemoryStore_Conforms(StoreConformanceCase conformance) => conformance.RunAsync(default);

    [Test]
    public void InMemoryStore_EveryCase_CompletesSynchronously() =>
        InMemory.Should().OnlyContain(conformance => conformance.RunAsync(default).IsCompletedSuccessfully);
}
