using Deployment.Providers.HAProxy.Files;

namespace Deployment.Providers.HAProxy.Switching;

/// <summary>Lets one deployer of this machine at a time write a site. It is free again when the process ends, however that is.</summary>
internal sealed class SiteLock : IDisposable
{
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);
    private readonly FileStream _file;

    private SiteLock(FileStream file) => _file = file;

    /// <exception cref="DeploymentException">It can't be had.</exception>
    public static async Task<SiteLock> TakeAsync(SitePaths paths, TimeProvider time, CancellationToken cancellationToken)
    {
        long begin = time.GetTimestamp();
        while (true)
        {
            try
            {
                Directory.CreateDirectory(paths.Folder);
                return new SiteLock(new FileStream(paths.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (UnauthorizedAccessException error)
            {
                throw new DeploymentException($"'{paths.Lock}' can't be written: {Text.Printable(error.Message)} Let the deployer write there.", error);
            }
            catch (IOException error) when (time.GetElapsedTime(begin) > _longest || !File.Exists(paths.Lock))
            {
                throw new DeploymentException($"'{paths.Lock}' could not be locked within {_longest}: {Text.Printable(error.Message)} Another deployer may be at work.", error);
            }
            catch (IOException)
            {
                await Task.Delay(_pause, time, cancellationToken);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
