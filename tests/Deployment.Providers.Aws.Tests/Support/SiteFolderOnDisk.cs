using System.Text;

namespace Deployment.Providers.Aws.Tests.Support;

/// <summary>A site's folder of a test's own.</summary>
internal sealed class SiteFolderOnDisk : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("site-").FullName;

    public SiteFolderOnDisk With(string key, string content) => With(key, Encoding.UTF8.GetBytes(content));

    public SiteFolderOnDisk With(string key, byte[] content)
    {
        string path = System.IO.Path.Combine(Path, key);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return this;
    }

    public SiteFolderOnDisk Without(string key)
    {
        File.Delete(System.IO.Path.Combine(Path, key));
        return this;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
