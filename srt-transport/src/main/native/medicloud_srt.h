// SPDX-License-Identifier: Apache-2.0
//
// What the libsrt stack needs beside libsrt.
#ifndef MEDICLOUD_SRT_H
#define MEDICLOUD_SRT_H

#include <atomic>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MEDICLOUD_RELEASE_TRIES 100
#define MEDICLOUD_RELEASE_PAUSE_US 200

// UDP sockets that are bound before libsrt gets them (srt_bind_acquire). libsrt frees a port only seconds after the last
// socket on it was closed, and lets listeners share one; a port bound here belongs to one owner, and is free at once.

// A new UDP socket bound to the address, or -errno. Not shared with anyone: no SO_REUSEADDR, no SO_REUSEPORT.
inline int medicloud_udp_bind(const void* address, int length, int ipv6_only)
{
    const sockaddr* name = (const sockaddr*)address;
    int fd = ::socket(name->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP);
    if (fd < 0)
        return -errno;
    if (name->sa_family == AF_INET6 && ipv6_only >= 0
        && ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &ipv6_only, sizeof ipv6_only) != 0)
    {
        int error = errno;
        ::close(fd);
        return -error;
    }
    if (::bind(fd, name, (socklen_t)length) != 0)
    {
        int error = errno;
        ::close(fd);
        return -error;
    }
    return fd;
}

// The address that the socket is bound to: its length, or -errno.
inline int medicloud_udp_address(int fd, void* address, int length)
{
    socklen_t size = (socklen_t)length;
    return ::getsockname(fd, (sockaddr*)address, &size) == 0 ? (int)size : -errno;
}

// Tells this socket from any other that may have the same descriptor later; 0 if the descriptor is closed.
inline long long medicloud_udp_identity(int fd)
{
    struct stat status;
    return ::fstat(fd, &status) == 0 ? (long long)status.st_ino : 0;
}

// Closes a socket that libsrt did not get.
inline void medicloud_udp_close(int fd)
{
    ::close(fd);
}

// Frees the port of a socket that libsrt has, and will close later: behind its descriptor an unbound socket takes its
// place. A receive in progress holds on to the port, so it is woken by an empty datagram. Nothing is done if libsrt has
// closed the descriptor already. Returns 0, or -errno.
inline int medicloud_udp_release(int fd, long long identity)
{
    if (medicloud_udp_identity(fd) != identity)
        return 0;
    sockaddr_storage bound;
    socklen_t size = sizeof bound;
    if (::getsockname(fd, (sockaddr*)&bound, &size) != 0)
        return -errno;
    int other = ::socket(bound.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP);
    if (other < 0)
        return -errno;
    // As libsrt sets it: its receiving thread waits no longer.
    timeval wait = {0, 10000};
    ::setsockopt(other, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    int replaced = ::dup3(other, fd, O_CLOEXEC);
    int error = errno;
    ::close(other);
    if (replaced < 0)
        return -error;

    sockaddr_storage self = bound;
    if (self.ss_family == AF_INET && ((sockaddr_in*)&self)->sin_addr.s_addr == htonl(INADDR_ANY))
        ((sockaddr_in*)&self)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (self.ss_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&((sockaddr_in6*)&self)->sin6_addr))
        ((sockaddr_in6*)&self)->sin6_addr = in6addr_loopback;
    for (int i = 0; i < MEDICLOUD_RELEASE_TRIES; ++i)
    {
        int probe = ::socket(bound.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP);
        if (probe < 0)
            return -errno;
        bool is_free = ::bind(probe, (sockaddr*)&bound, size) == 0;
        if (!is_free)
            ::sendto(probe, "", 0, MSG_DONTWAIT, (sockaddr*)&self, size);
        ::close(probe);
        if (is_free)
            return 0;
        ::usleep(MEDICLOUD_RELEASE_PAUSE_US);
    }
    return -EADDRINUSE;
}

inline std::atomic<bool>& medicloud_is_running()
{
    static std::atomic<bool> running(false);
    return running;
}

// Set while libsrt runs. If the process exits meanwhile, it ends without libsrt's destructors: they wait for libsrt's
// threads, which by then may wait for a Java virtual machine that answers no more. To be set after srt_startup, so that
// this comes before those destructors.
inline void medicloud_set_running(bool running)
{
    static int registered = ::on_exit(
        [](int status, void*) {
            if (medicloud_is_running())
            {
                ::fflush(NULL);
                ::_exit(status);
            }
        },
        NULL);
    (void)registered;
    medicloud_is_running() = running;
}

#endif
