/* The kernel's side of a webcam, played: preloaded, it answers what FFmpeg's V4L2 reader asks.
 *
 * The device is the path in PLAYED_V4L2, a plain file. What is written into it is obeyed at the next
 * frame: "" frames come, "hang" none does, "gone" the webcam was pulled out (ENODEV). While it says
 * "gone" it cannot be opened either. Only what is asked is answered; anything else is ENOTTY, as by
 * a driver that does not know it. Frames are YUYV, grey 96 with a white square in the middle; their
 * first byte counts them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { BUFFERS_MAX = 32 };

static int device = -1, memory = -1;
static unsigned width = 1280, height = 720, count, queued[BUFFERS_MAX], first, waiting;
static unsigned char number;

static int told(const char *word)
{
	char text[16] = "";
	int (*real_open)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
	int file = real_open(getenv("PLAYED_V4L2"), O_RDONLY);
	if (file < 0)
		return !strcmp(word, "gone");
	if (read(file, text, sizeof text - 1) < 0)
		text[0] = 0;
	close(file);
	return !strncmp(text, word, strlen(word));
}

static size_t frame_bytes(void) { return (size_t)width * height * 2; }

static int opened(const char *path)
{
	if (told("gone")) {
		errno = ENODEV;
		return -1;
	}
	if (device >= 0) {
		errno = EBUSY;
		return -1;
	}
	int (*real_open)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
	first = waiting = count = 0;
	return device = real_open(path, O_RDWR | O_CLOEXEC);
}

static int opening(const char *path, int flags, mode_t mode, const char *name)
{
	const char *played = getenv("PLAYED_V4L2");
	if (played && !strcmp(path, played) && (flags & O_ACCMODE) == O_RDWR)
		return opened(path);
	int (*real_open)(const char *, int, ...) = dlsym(RTLD_NEXT, name);
	return real_open(path, flags, mode);
}

#define OPEN(name)                                              \
	int name(const char *path, int flags, ...)              \
	{                                                       \
		va_list more;                                   \
		va_start(more, flags);                          \
		mode_t mode = va_arg(more, mode_t);             \
		va_end(more);                                   \
		return opening(path, flags, mode, #name);       \
	}
OPEN(open)
OPEN(open64)

int close(int file)
{
	int (*real_close)(int) = dlsym(RTLD_NEXT, "close");
	if (file >= 0 && file == device) {
		device = -1;
		if (memory >= 0)
			real_close(memory);
		memory = -1;
	}
	return real_close(file);
}

static void *mapped(size_t length, int protection, int flags, long offset, const char *name)
{
	void *(*real_mmap)(void *, size_t, int, int, int, off64_t) = dlsym(RTLD_NEXT, name);
	return real_mmap(NULL, length, protection, flags, memory, offset);
}

void *mmap(void *at, size_t length, int protection, int flags, int file, off_t offset)
{
	void *(*real_mmap)(void *, size_t, int, int, int, off_t) = dlsym(RTLD_NEXT, "mmap");
	if (file >= 0 && file == device)
		return mapped(length, protection, flags, offset, "mmap");
	return real_mmap(at, length, protection, flags, file, offset);
}

void *mmap64(void *at, size_t length, int protection, int flags, int file, off64_t offset)
{
	void *(*real_mmap)(void *, size_t, int, int, int, off64_t) = dlsym(RTLD_NEXT, "mmap64");
	if (file >= 0 && file == device)
		return mapped(length, protection, flags, offset, "mmap64");
	return real_mmap(at, length, protection, flags, file, offset);
}

static size_t room(void) { return (frame_bytes() + 4095) / 4096 * 4096; }

static void draw(unsigned index)
{
	unsigned char *frame = malloc(frame_bytes());
	for (size_t byte = 0; byte < frame_bytes(); byte += 2) {
		size_t x = byte / 2 % width, y = byte / 2 / width;
		int inside = x >= width / 4 && x < width * 3 / 4 && y >= height / 4 && y < height * 3 / 4;
		frame[byte] = inside ? 255 : 96;
		frame[byte + 1] = 128;
	}
	frame[0] = ++number;
	if (pwrite(memory, frame, frame_bytes(), (off_t)(index * room())) < 0)
		number = 0;
	free(frame);
}

static int dequeue(struct v4l2_buffer *buffer)
{
	struct timespec period = { 0, 33 * 1000 * 1000 };
	do
		nanosleep(&period, NULL);
	while (told("hang") || (!waiting && !told("gone")));
	if (told("gone")) {
		errno = ENODEV;
		return -1;
	}
	buffer->index = queued[first];
	first = (first + 1) % BUFFERS_MAX;
	waiting--;
	draw(buffer->index);
	buffer->bytesused = (unsigned)frame_bytes();
	buffer->flags = 0;
	gettimeofday(&buffer->timestamp, NULL);
	return 0;
}

static void describe(struct v4l2_format *format)
{
	format->fmt.pix.width = width;
	format->fmt.pix.height = height;
	format->fmt.pix.pixelformat = V4L2_PIX_FMT_YUYV;
	format->fmt.pix.field = V4L2_FIELD_NONE;
	format->fmt.pix.bytesperline = width * 2;
	format->fmt.pix.sizeimage = (unsigned)frame_bytes();
}

static int answer(unsigned long request, void *argument)
{
	switch (request) {
	case VIDIOC_QUERYCAP: {
		struct v4l2_capability *can = argument;
		can->capabilities = can->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
		return 0;
	}
	case VIDIOC_ENUMINPUT:
		return ((struct v4l2_input *)argument)->index ? (errno = EINVAL, -1) : 0;
	case VIDIOC_ENUM_FMT: {
		struct v4l2_fmtdesc *format = argument;
		format->pixelformat = V4L2_PIX_FMT_YUYV;
		return format->index ? (errno = EINVAL, -1) : 0;
	}
	case VIDIOC_S_FMT:
		width = ((struct v4l2_format *)argument)->fmt.pix.width;
		height = ((struct v4l2_format *)argument)->fmt.pix.height;
		describe(argument);
		return 0;
	case VIDIOC_G_FMT:
		describe(argument);
		return 0;
	case VIDIOC_G_INPUT:
		*(int *)argument = 0;
		return 0;
	case VIDIOC_S_INPUT:
	case VIDIOC_STREAMON:
	case VIDIOC_STREAMOFF:
		return 0;
	case VIDIOC_G_PARM:
	case VIDIOC_S_PARM: {
		struct v4l2_streamparm *pace = argument;
		pace->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
		if (!pace->parm.capture.timeperframe.denominator)
			pace->parm.capture.timeperframe = (struct v4l2_fract){ 1, 30 };
		return 0;
	}
	case VIDIOC_REQBUFS: {
		struct v4l2_requestbuffers *buffers = argument;
		if (buffers->count > BUFFERS_MAX)
			buffers->count = BUFFERS_MAX;
		count = buffers->count;
		memory = memfd_create("played", MFD_CLOEXEC);
		return ftruncate(memory, (off_t)(count * room()));
	}
	case VIDIOC_QUERYBUF: {
		struct v4l2_buffer *buffer = argument;
		buffer->length = (unsigned)frame_bytes();
		buffer->m.offset = (unsigned)(buffer->index * room());
		return buffer->index < count ? 0 : (errno = EINVAL, -1);
	}
	case VIDIOC_QBUF:
		queued[(first + waiting++) % BUFFERS_MAX] = ((struct v4l2_buffer *)argument)->index;
		return 0;
	case VIDIOC_DQBUF:
		return dequeue(argument);
	default:
		errno = ENOTTY;
		return -1;
	}
}

int ioctl(int file, unsigned long request, ...)
{
	va_list more;
	va_start(more, request);
	void *argument = va_arg(more, void *);
	va_end(more);
	if (file >= 0 && file == device)
		return answer(request, argument);
	int (*real_ioctl)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
	return real_ioctl(file, request, argument);
}
